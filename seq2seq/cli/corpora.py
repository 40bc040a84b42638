"""The command `seq2seq corpora`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seq2seq.cli.option_groups import WholeHelpGroup
from seq2seq.cli.paths import FILE, complete_corpora

if TYPE_CHECKING:
    from seq2seq.text.catalogue import Card

_CHANGES = {"join_japanese": "the spaces that segment it are removed, except those between Latin words"}


@click.group("corpora", cls=WholeHelpGroup)
def command() -> None:
    """List, describe and fetch known corpora.

    \b
      seq2seq corpora list
      seq2seq corpora show multi30k-en-de
      seq2seq corpora fetch multi30k-en-de
    """


@command.command("list")
def list_() -> None:
    """List all corpora of the catalogue."""
    from seq2seq.text.catalogue import card_paths, load_card

    cards = [load_card(name) for name in card_paths()]
    width = max(len(card.name) for card in cards)
    for card in cards:
        train = card.splits["train"].pairs
        click.echo(
            f"{card.name:{width}}  {'-'.join(card.languages)}  {train:>7,} pairs  {_state(card):11}  {card.title}"
        )


@command.command("show")
@click.argument("name", shell_complete=complete_corpora)
def show(name: str) -> None:
    """Describe a corpus: its splits, licence, citation, origin, and the paths of its files."""
    from seq2seq.text.catalogue import load_card

    card = load_card(name)
    first, second = card.languages
    facts = {
        "languages": f"{first}, {second}: use it in either direction",
        "licence": card.licence,
        "origin": card.origin,
        "citation": card.citation or "",
        "changes": "; ".join(f"{code}: {_CHANGES[change]}" for code, change in card.transformations.items()),
        "state": f"{_state(card)}: {card.folder}",
    }
    click.echo(f"{click.style(card.name, bold=True)}: {card.title}\n")
    for key, value in facts.items():
        if value:
            click.echo(click.wrap_text(value, 110, f"{key:11}", " " * 11))
    click.echo()
    for split, content in card.splits.items():
        click.echo(f"{split}: {content.pairs:,} pairs")
        for language, file in content.files.items():
            if card.is_there:
                click.echo(f"  {card.folder / f'{split}.{language}'}")
            if file.url:
                click.echo(f"  {file.url}  {file.bytes:,} bytes, SHA-256 {file.sha256}")
    click.echo()
    if not card.is_there:
        click.echo(f"To fetch it ({card.size:,} bytes): seq2seq corpora fetch {card.name}")
    click.echo(_config(card))


@command.command("fetch")
@click.argument("name", shell_complete=complete_corpora)
@click.option("--mirror", metavar="URL", help="Fetch URL/HOST/PATH instead of a file's own URL; http, https or file.")
@click.option("--to", type=FILE, metavar="DIR", help="Write the corpus to DIR/NAME.  [default: the cache]")
def fetch(name: str, mirror: str | None, to: Path | None) -> None:
    """Download a corpus and verify it.

    Without --to, the corpus is written to the cache, where a config finds it by its name. The cache is $SEQ2SEQ_CACHE,
    by default "seq2seq" in the system's folder for caches. A download that is stopped leaves no part of the corpus.
    """
    from seq2seq.text.catalogue import load_card
    from seq2seq.text.fetching import fetch as fetch_corpus

    card = load_card(name)
    folder = to / card.name if to else card.folder
    if card.is_bundled and to is None:
        click.echo(f"{card.name} comes with seq2seq: {folder}")
    elif fetch_corpus(card, folder, mirror):
        click.echo(f"{card.name} is in {folder} (licence: {card.licence})")
    else:
        click.echo(f"{card.name} is in {folder} already")
    click.echo(_config(card, folder if to else None))


def _state(card: "Card") -> str:
    if card.is_bundled:
        return "bundled"
    return "fetched" if card.is_there else "not fetched"


def _config(card: "Card", folder: Path | None = None) -> str:
    """Lines for a config that trains on the corpus, or on its files in `folder`."""
    from seq2seq.yaml_text import dump_yaml

    first, second = card.languages
    values: dict[str, object] = {"corpus": card.name}
    hint = " (exchange the languages for the other direction)"
    if folder is not None:
        values = {
            split: {"source": str(folder / f"{split}.{first}"), "target": str(folder / f"{split}.{second}")}
            for split in ("train", "dev")
            if split in card.splits
        }
        hint = ""
    text = dump_yaml({"data": {**values, "source_language": first, "target_language": second}})
    return f"In a config{hint}:\n" + "".join(f"  {line}\n" for line in text.splitlines()).rstrip("\n")
