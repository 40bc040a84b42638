"""Contract 6: a wrong config is named by key, nearest valid key, file and line, with exit status 2."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.config.loading import build_config, config_for_files, load_config, sections_in
from seq2seq.config.schema import Config
from seq2seq.errors import ConfigError, UserError
from seq2seq.text.file_names import holds_both_sides

CONFIGS = Path(__file__).parents[3] / "configs"
# In these the key says it all, or the values do.
OBVIOUS = {
    "data", "tokenizer", "model", "training", "decoding",
    "data.train.source", "data.train.target", "data.train.pairs", "data.dev.source", "data.dev.target",
    "data.dev.pairs", "data.target_language",
    "tokenizer.type", "tokenizer.vocabulary_size",
    "model.cell", "model.attention", "model.encoder_layers", "model.decoder_layers", "model.embedding_dropout",
    "model.readout_dropout",
    "training.learning_rate", "training.schedule", "training.warmup_steps", "training.plateau_factor",
    "training.label_smoothing", "training.beta_1", "training.beta_2", "training.epsilon", "training.seed",
    "training.validation_beam_size",
    "decoding.beam_size",
}  # fmt: skip


def sections(section=Config, path=()):
    """(path, model) of every section, the whole config first."""
    yield path, section
    for name, field in section.model_fields.items():
        for kind in sections_in(field.annotation):
            yield from sections(kind, (*path, name))


SECTIONS = dict(sections())


def smallest():
    return {"data": {"train": {"source": "a", "target": "b"}}, "training": {"epochs": 1}}


def with_value(path, value):
    """The smallest valid config with one value more."""
    values = smallest()
    section = values
    for key in path[:-1]:
        section = section.setdefault(key, {})
    section[path[-1]] = value
    return values


def message(*overrides, values=None):
    with pytest.raises(ConfigError) as error:
        build_config(values or smallest(), "my.yaml", overrides)
    assert error.value.exit_status == 2
    assert "\n" not in str(error.value)
    return str(error.value)


def test_all_sections_are_found():
    assert {".".join(path) for path in SECTIONS} == {
        "", "data", "data.train", "data.dev", "tokenizer", "model", "training", "decoding"
    }  # fmt: skip


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: ".".join(path) or "top")
def test_an_unknown_key_is_named_with_the_nearest_and_its_place(tmp_path, path):
    known = list(SECTIONS[path].model_fields)[-1]
    lines = ["# a comment", "data:", "  train: {source: a, target: b}", "training:", "  epochs: 1"]
    # The section comes again where it is not given yet; an inline mapping is opened up.
    misspelt = known[:-1] + "q"
    if path == ():
        lines.append(f"{misspelt}: 1")
    elif path in (("data",), ("training",)):
        lines.insert(lines.index(f"{path[0]}:") + 1, f"  {misspelt}: 1")
    elif path == ("data", "train"):
        lines[2:3] = ["  train:", "    source: a", "    target: b", f"    {misspelt}: 1"]
    elif path == ("data", "dev"):
        lines[3:3] = ["  dev:", "    source: a", "    target: b", f"    {misspelt}: 1"]
    else:
        lines += [f"{path[0]}:", f"  {misspelt}: 1"]
    number = 1 + next(n for n, line in enumerate(lines) if misspelt in line)
    file = tmp_path / "my.yaml"
    file.write_text("\n".join(lines))
    with pytest.raises(ConfigError) as error:
        load_config(file)
    key = ".".join((*path, misspelt))
    assert str(error.value) == f"{file}, line {number}: unknown key '{key}': did you mean '{known}'?"
    assert error.value.exit_status == 2


def test_an_unknown_key_is_named_before_what_follows_from_it():
    values = {**smallest(), "training": {"epoch": 1, "seed": "x"}}
    assert message(values=values) == "my.yaml: unknown key 'training.epoch': did you mean 'epochs'?"


def test_where_no_key_is_near_all_are_listed():
    said = message(values={**smallest(), "zzz": 1})
    assert said.endswith("known are: data, decoding, model, preset, tokenizer, training, version")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("training", "max_steps"), "5"),
        (("training", "seed"), 5.0),
        (("training", "seed"), True),
        (("training", "learning_rate"), "1e-3"),
        (("training", "learning_rate"), True),
        (("training", "learning_rate"), 0),
        (("training", "learning_rate"), float("inf")),
        (("training", "learning_rate"), float("nan")),
        (("training", "epochs"), float("inf")),
        (("training", "label_smoothing"), 1.0),
        (("training", "label_smoothing"), -0.1),
        (("training", "schedule"), "linear"),
        (("training", "patience"), 0),
        (("training", "batch_tokens"), 0),
        (("training", "batch_tokens"), None),
        (("model", "encoder_layers"), 0),
        (("model", "source_word_dropout"), float("nan")),
        (("tokenizer", "type"), "BPE"),
        (("tokenizer", "vocabulary_size"), 299),
        (("tokenizer", "character_coverage"), 1.1),
        (("decoding", "beam_size"), 2.5),
        (("decoding", "length_penalty"), -1),
        (("data", "source_language"), 5),
        (("data", "max_ratio"), 0.5),
        (("data", "dev"), {"source": 1, "target": "b"}),
        (("model",), None),
        (("training",), [1]),
        (("version",), 2),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_never_converted(path, value):
    said = message(values=with_value(path, value))
    assert said.startswith(f"my.yaml: {'.'.join(path)}")
    # The last clause shows what was given.
    assert "input should be" in said and ", not " in said


def test_the_place_is_the_value_s_line(tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text("data:\n  train: {source: a, target: b}\ntraining:\n  epochs: 1\n  seed: -1\n")
    with pytest.raises(ConfigError, match=r"my.yaml, line 5: training.seed: input should be .*, not -1$"):
        load_config(file)


def test_a_missing_section_is_named():
    values = smallest()
    del values["data"]
    assert message(values=values).startswith("my.yaml: the key 'data' is missing")


def test_the_length_of_training_is_given_once():
    assert "give epochs or max_steps, not both" in message("training.max_steps=5")
    said = message("training.epochs=null")
    assert "give training.epochs (passes over the text) or training.max_steps (updates)" in said
    config = build_config(smallest(), "my.yaml", ("training.epochs=null", "training.max_steps=5"))
    assert (config.training.epochs, config.training.max_steps) == (None, 5)


def test_dot_attention_wants_fitting_widths():
    assert "decoder_size 512 is not twice encoder_size 100" in message("model.encoder_size=100")
    build_config(smallest(), "my.yaml", ("model.encoder_size=100", "model.decoder_size=200"))


@pytest.mark.parametrize("values", [None, [], "text", 5])
def test_what_is_no_mapping_is_no_config(values):
    with pytest.raises(ConfigError, match=r"my.yaml: a config is a mapping of sections"):
        build_config(values, "my.yaml")


def test_set_goes_over_the_file_and_makes_sections():
    config = build_config(
        smallest(),
        "my.yaml",
        (
            "training.epochs=2.5",
            "training.learning_rate=1e-3",
            "tokenizer.type=unigram",
            "data.source_language=no",
            "data.dev={source: c, target: d}",
            "data.dev.source=e",
        ),
    )
    assert config.training.epochs == 2.5
    assert config.training.learning_rate == 1e-3
    assert config.tokenizer.type == "unigram"
    assert config.data.source_language == "no"
    assert config.data.dev is not None
    assert (config.data.dev.source, config.data.dev.target) == ("e", "d")


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("training.epochs", "--set training.epochs: write it as section.key=value"),
        ("=5", "--set =5: write it as section.key=value"),
        ("training.=5", "--set training.=5: write it as section.key=value"),
        ("training.sed=5", "--set training.sed=5: unknown key 'training.sed': did you mean 'seed'?"),
        ("epochs=3", "--set epochs=3: unknown key 'epochs': did you mean 'training.epochs'?"),
        ("epoch=3", "--set epoch=3: unknown key 'epoch': did you mean 'training.epochs'?"),
        ("batch_tokens=9", "--set batch_tokens=9: unknown key 'batch_tokens': did you mean 'training.batch_tokens' or"),
        ("model.epochs=3", "--set model.epochs=3: unknown key 'model.epochs': did you mean 'training.epochs'?"),
        ("trainin.epochs=3", "--set trainin.epochs=3: unknown key 'trainin': did you mean 'training'?"),
        ("training.seed=x", "--set training.seed=x: training.seed: input should be a valid integer, not 'x'"),
        ("training.seed=[1", "--set training.seed=[1, line 1: not valid YAML"),
    ],
)
def test_a_wrong_set_is_named_itself(override, said):
    assert message(override).startswith(said)


def test_the_caller_s_values_stay_as_they_are():
    values = smallest()
    build_config(values, "my.yaml", ("training.epochs=7", "tokenizer.type=unigram"))
    assert values == smallest()


# A source or target whose name says that it holds both sides is a user's mistake.
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85"), min_size=1).filter(
    lambda name: not holds_both_sides(name)
)


@given(
    st.fixed_dictionaries({"source": names, "target": names}),
    names,
    st.floats(0, exclude_min=True, allow_infinity=False, allow_subnormal=False),
    st.none() | st.integers(1, 2**40),
)
def test_what_to_yaml_writes_is_the_same_config(tmp_path_factory, files, language, rate, patience):
    values = {
        "data": {"train": files, "source_language": language},
        "training": {"max_steps": 3, "learning_rate": rate, "patience": patience},
    }
    config = build_config(values, "my.yaml")
    file = tmp_path_factory.getbasetemp() / "resolved.yaml"
    file.write_text(config.to_yaml(), "utf-8")
    assert load_config(file) == config


def test_to_yaml_says_every_key():
    written = build_config(smallest(), "my.yaml").model_dump()
    for path, section in SECTIONS.items():
        if path != ("data", "dev"):
            inner = written
            for key in path:
                inner = inner[key]
            assert set(inner) == set(section.model_fields)


def test_every_option_is_described_or_obvious():
    undescribed = {
        ".".join((*path, name))
        for path, section in SECTIONS.items()
        for name, field in section.model_fields.items()
        if not field.description
    }
    assert undescribed <= OBVIOUS
    assert all(section.__doc__ for section in SECTIONS.values())


def test_every_default_is_a_value_that_could_be_given():
    config = build_config(smallest(), "my.yaml")
    assert build_config(config.model_dump(), "my.yaml") == config


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("**/*.yaml")), ids=lambda file: file.stem)
def test_every_config_of_the_project_loads(file):
    config = load_config(file)
    assert config.version == 1


def test_there_are_configs():
    assert (CONFIGS / "quickstart.yaml").is_file()


def test_a_missing_config_is_a_user_s_error(tmp_path):
    with pytest.raises(UserError, match=r"missing.yaml does not exist"):
        load_config(tmp_path / "missing.yaml")


def test_a_config_is_frozen():
    config = build_config(smallest(), "my.yaml")
    with pytest.raises(ValueError, match="frozen"):
        config.training.seed = 2  # type: ignore[misc]


class TestConfigForFiles:
    def test_two_files(self):
        config = config_for_files(Path("a/train.en.gz"), Path("train.zh-CN"))
        assert config.data.train.paths == (Path("a/train.en.gz"), Path("train.zh-CN"))
        assert (config.data.source_language, config.data.target_language) == ("en", "zh-CN")
        assert (config.preset, config.training.epochs) == ("auto", None), "the amount of text decides"

    def test_one_file_of_pairs(self):
        config = config_for_files(Path("pairs.tsv"), None, ("data.target_language=de",))
        assert config.data.train.pairs == "pairs.tsv" and config.data.target_language == "de"

    def test_a_number_of_updates_takes_the_place_of_epochs(self):
        config = config_for_files(Path("a"), Path("b"), ("training.max_steps=7",))
        assert (config.training.max_steps, config.training.epochs) == (7, None)
