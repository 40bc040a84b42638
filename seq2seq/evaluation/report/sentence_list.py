"""All sentences of a report as data of its page, whose script lists a few of them at a time, sorted and searched."""

from __future__ import annotations

import json

from markupsafe import Markup

from seq2seq.evaluation.report.report import LETTERS, Report
from seq2seq.evaluation.report.word_faults import words


def sentence_data(report: Report) -> Markup:
    """The sentences as JSON for a script element; each list has a value for each line.

    Keys: `sources` (null if they are not known), `references` (a list for each), `words` (the length of a sentence) and
    `systems`, each with `letter`, `name`, `outputs`, `chrf`, `missing` (number of words) and `inspect` (the words that
    begin the command; null where there is none).
    """
    measured = report.references[0] if report.sources is None else report.sources
    data = {
        "sources": report.sources,
        "references": report.references,
        "words": [len(words(line)) for line in measured],
        "systems": [
            {
                "letter": letter,
                "name": system.name,
                "outputs": system.hypotheses,
                "chrf": [round(value, 1) for value in system.chrf],
                "missing": system.content.missing_words,
                "inspect": None if report.sources is None else system.inspect,
            }
            for letter, system in zip(LETTERS, report.systems, strict=False)
        ],
    }
    # In a script element nothing but "</script" and "<!--" has a meaning.
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))
