"""The tokenizers of a run: taken from its folder, from another model, or learnt from the training text."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from seq2seq.config.schema import Config, TokenizerConfig
from seq2seq.errors import UserError
from seq2seq.files import write_file
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer, tokenizer_names
from seq2seq.training.data.selection import TokenizerLines
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.run.run_folder import RunFolder


def run_tokenizers(config: Config, run: RunFolder, text: ParallelText, reporter: Reporter) -> TokenizerPair:
    """Gives the tokenizers of a run: those in its folder, or new ones, which `keep_tokenizers` writes.

    When a run begins they are learnt from the training text alone, or copied from the model of `initialize_from`.

    Args:
        config: Config of the run.
        run: Folder of the run.
        text: The training text.
        reporter: Is told if the text gives fewer tokens than were asked for.

    Raises:
        UserError: A tokenizer cannot be read or learnt.
    """
    names = tokenizer_names(config.tokenizer.joint)

    def load_or_learn(name: str, *sides: Sequence[str]) -> Tokenizer:
        path = run.path / name
        if path.is_file():
            return Tokenizer.load(path)
        reporter.stage(f"learning the tokenizer {name}")
        lines = TokenizerLines(sides, config.tokenizer.training_lines, config.training.seed)
        tokenizer = learn_tokenizer(config.tokenizer, lines)
        if len(tokenizer) < config.tokenizer.vocabulary_size:
            reporter.say(
                f"the text gives {name} no more than {len(tokenizer):,} pieces (tokenizer.vocabulary_size is "
                f"{config.tokenizer.vocabulary_size:,})"
            )
        return tokenizer

    languages = (config.data.source_language, config.data.target_language)
    if not (run.path / names["target"]).is_file() and config.training.initialize_from is not None:
        return take_tokenizers(Path(os.path.expanduser(config.training.initialize_from)), config, languages)
    if config.tokenizer.joint:
        return TokenizerPair.of(load_or_learn(names["source"], text.sources, text.targets), languages=languages)
    source, target = load_or_learn(names["source"], text.sources), load_or_learn(names["target"], text.targets)
    return TokenizerPair.of(source, target, languages)


def learn_tokenizer(options: TokenizerConfig, lines: Iterable[str]) -> Tokenizer:
    """Learns a tokenizer as a config's `tokenizer` section says."""
    return Tokenizer.train(
        lines,
        vocabulary_size=options.vocabulary_size,
        type=options.type,
        character_coverage=options.character_coverage,
        normalization=options.normalization,
    )


def keep_tokenizers(run: RunFolder, pair: TokenizerPair, joint: bool) -> None:
    """Writes tokenizers into a run folder that does not hold them yet.

    Args:
        run: Folder of the run, which has begun: a tokenizer in it is the run's for good.
        pair: The tokenizers.
        joint: Whether they are kept as one file.
    """
    names = tokenizer_names(joint)
    for side, of_side in (("source", pair.source), ("target", pair.target)):
        if not (run.path / names[side]).is_file():
            write_file(run.path / names[side], of_side.tokenizer.model)


def take_tokenizers(path: Path, config: Config, languages: tuple[str | None, str | None]) -> TokenizerPair:
    """Reads a model folder's tokenizers for a run.

    Args:
        path: The model folder.
        config: Config of the run.
        languages: Languages of the run.

    Raises:
        UserError: There is no model folder, or one of model and config has one vocabulary and the other has two.
    """
    pair = ModelFolder.open(path).tokenizers()
    if pair.joint != config.tokenizer.joint:
        vocabularies = "one vocabulary" if pair.joint else "two vocabularies"
        raise UserError(
            f"the model in training.initialize_from ({path}) has {vocabularies}: set tokenizer.joint to "
            f"{str(pair.joint).lower()}"
        )
    source = pair.source.tokenizer
    return TokenizerPair.of(source, None if pair.joint else pair.target.tokenizer, languages)
