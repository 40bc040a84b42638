"""Has the program read damaged and hostile input of all kinds, and counts what came of it.

    python -m scripts.fuzz                                    # the full campaign, into docs/reliability.md
    python -m scripts.fuzz --folders 200 --keras 0 --configs 50 --cards 50 --lines 500 --output ""

Every case is seeded by its number. A failure is a traceback, a message that is not one sentence, a hang, more than a
gigabyte of memory, a file opened outside the folder, a crash, or another translation after a harmless change.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click

from scripts.benchmarks.machine import describe, one_line
from scripts.fuzz.base_folders import make_base_folders
from scripts.fuzz.campaign import Campaign
from scripts.fuzz.report import table_of, write_section

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seed", default=1, show_default=True, help="Seed of all cases.")
@click.option("--folders", default=3000, show_default=True, help="Model folders, loaded with ONNX Runtime.")
@click.option("--keras", default=200, show_default=True, help="Model folders, loaded with Keras.")
@click.option("--configs", default=1000, show_default=True, help="Configs of trainings.")
@click.option("--cards", default=500, show_default=True, help="Cards of corpora.")
@click.option("--lines", default=20_000, show_default=True, help="Lines to translate.")
@click.option("--output", default=str(PAGE), help='Page that gets the table; "" for none.')
def main(seed: int, folders: int, keras: int, configs: int, cards: int, lines: int, output: str) -> None:
    """Tries damaged and hostile model folders, configs, corpus cards and lines."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="seq2seq-fuzz-") as temporary:
        place = Path(temporary)
        (place / "bases").mkdir()
        make_base_folders(place / "bases")
        campaign = Campaign(place, seed)
        campaign.run("folder", folders)
        campaign.run("folder", keras, "keras")
        campaign.run("config", configs)
        campaign.run("card", cards)
        if lines:
            campaign.lines(lines)
    minutes = (time.monotonic() - start) / 60
    print(table_of(campaign.table))
    facts = (
        f"`python -m scripts.fuzz --seed {seed}`, {minutes:.0f} minutes, Python {sys.version.split()[0]} on "
        f"{one_line(describe())}."
    )
    print(facts)
    if output:
        write_section(Path(output), campaign.table, facts)
    sys.exit(any(counts.failures for counts in campaign.table.values()))
