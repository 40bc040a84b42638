import pytest
import yaml

from seq2seq.config.filling import fill
from seq2seq.config.loading import build_config, load_config
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


class TestPresets:
    def begin(self, run, config, chosen):
        with run.claim(config) as (config, _):
            run.begin(fill(config, chosen), {"chosen": chosen})

    def auto(self, *overrides):
        return build_config({"preset": "auto", "data": {"train": "pairs.tsv"}}, "test", overrides)

    def test_a_run_goes_on_with_what_its_preset_chose(self, run_folder):
        self.begin(run_folder, self.auto("training.seed=4"), {"training.epochs": 33.0, "model.layer_dropout": 0.2})
        stored = load_config(run_folder.config)
        assert (stored.preset, stored.training.epochs, stored.model.layer_dropout) == ("auto", 33.0, 0.2)
        with run_folder.claim(self.auto("training.seed=4")) as (config, changes):
            assert (config, changes) == (stored, {})

    def test_another_value_of_one_s_own_is_another_run(self, run_folder):
        self.begin(run_folder, self.auto("training.seed=4"), {"training.epochs": 33.0})
        with (
            pytest.raises(UserError, match="seed was 4, is 5"),
            run_folder.claim(self.auto("training.seed=4", "training.seed=5")),
        ):
            pass
        with run_folder.claim(self.auto("training.seed=4", "training.epochs=50")) as (config, changes):
            assert (config.training.epochs, list(changes)) == (50, ["training.epochs"]), "a run may be prolonged"
        with pytest.raises(UserError, match="seed was 4, is 1"), run_folder.claim(self.auto()):
            pass

    def test_what_has_not_begun_has_chosen_nothing(self, run_folder):
        with run_folder.claim(self.auto()) as config:
            assert config.config == self.auto()
        with run_folder.claim(self.auto("training.seed=4")) as config:
            assert config.config.training.epochs is None

    @pytest.mark.parametrize("overrides", [(), ("training.seed=4",), ("training.max_steps=9",), ("training.epochs=3",)])
    def test_a_two_file_run_from_before_presets_goes_on_as_it_was(self, run_folder, overrides):
        values = {"data": {"train": "pairs.tsv"}, "tokenizer": {"normalization": "nmt_nfkc"}}
        ends = any("max_steps" in override for override in overrides)
        values |= {"training": {} if ends else {"epochs": 12.0}}
        before = build_config(values, "test", overrides)
        with run_folder.claim(before):
            written = yaml.safe_load(run_folder.config.read_text())
            del written["preset"]
            run_folder.config.write_text(yaml.safe_dump(written))
            run_folder.save_facts({"threads": 2})
        with run_folder.claim(self.auto(*overrides)) as config:
            assert config.config == before

    def test_a_config_that_relied_on_the_older_normalization_goes_on_with_it(self, run, make_config):
        values = yaml.safe_load(run.config.read_text()) | {"tokenizer": {"normalization": "nmt_nfkc"}}
        run.config.write_text(yaml.safe_dump(values))
        with run.claim(make_config()) as config:
            assert config.config.tokenizer.normalization == "nmt_nfkc"
        with pytest.raises(UserError, match="normalization was nmt_nfkc, is nfkc"):
            run.claim(make_config("tokenizer.normalization=nfkc")).__enter__()


@pytest.fixture
def run_folder(tmp_path):
    return RunFolder(tmp_path / "new")
