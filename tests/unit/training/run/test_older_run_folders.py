import pytest
import yaml

from seq2seq.errors import UserError
from seq2seq.training.run.run_folder import RunFolder


@pytest.fixture
def run(tmp_path, make_config):
    folder = RunFolder(tmp_path / "run")
    with folder.claim(make_config()):
        folder.save_facts({})
        return folder


def test_a_run_from_before_an_option_goes_on_with_its_default(run, make_config):
    values = yaml.safe_load(run.config.read_text())
    del values["tokenizer"]["training_lines"], values["data"]["train"]["weight"]
    run.config.write_text(yaml.safe_dump(values))
    with run.claim(make_config()):
        pass
    with (
        pytest.raises(UserError, match=r"another run \(tokenizer.training_lines was 1000000, is 5\)"),
        run.claim(make_config("tokenizer.training_lines=5")),
    ):
        pass


def test_a_run_with_an_option_that_is_no_more_is_another_run(run, make_config):
    values = yaml.safe_load(run.config.read_text())
    values["model"]["word_dropout"] = 0.1
    run.config.write_text(yaml.safe_dump(values))
    with (
        pytest.raises(UserError, match=r"another run \(model.word_dropout was 0.1, is None\)"),
        run.claim(make_config()),
    ):
        pass
