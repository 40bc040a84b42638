"""`inspect`: a model and a sentence in, all that can be seen out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seq2seq.errors import UserError
from seq2seq.inspection import exports
from seq2seq.inspection.gradients import Curve, forgetting_curve, gradients, gradients_of
from seq2seq.inspection.inspection import InspectionData, TextSide
from seq2seq.inspection.inspector import Inspector
from seq2seq.inspection.records import Record
from seq2seq.inspection.search_tree import search_tree
from seq2seq.inspection.units import Floats, TellingUnit, half_lives, telling_units
from seq2seq.search import beam_search
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.tokenization.words import spaced
from seq2seq.translation.options import Decoding


@dataclass(frozen=True, eq=False)
class Inspection(InspectionData):
    """An inspection and the forms it can be written in; its fields are those of `InspectionData`."""

    def to_html(self) -> str:
        """The page: one file, see `seq2seq.inspection.inspection_page`."""
        from seq2seq.inspection.inspection_page import render_inspection

        return render_inspection(self)

    def to_json(self) -> str:
        """Everything, as JSON; see `seq2seq.inspection.exports`."""
        return exports.to_json(self)

    def to_npz(self) -> bytes:
        """All arrays, as a NumPy archive; see `seq2seq.inspection.exports`."""
        return exports.to_npz(self)


def limit_of(length: int, decoding: Decoding) -> int:
    """How long a translation may be, as `seq2seq.translation.translator` has it."""
    if decoding.max_length is not None:
        return decoding.max_length
    return int(length * decoding.max_length_ratio) + decoding.max_length_offset


def inspect(
    model: str | Path | Inspector,
    sentence: str,
    *,
    reference: str | None = None,
    text: Sequence[str] = (),
    compare: Sequence[str | Path | Inspector] = (),
    **decoding: Any,
) -> Inspection:
    """Looks inside a model while it translates a sentence.

    Args:
        model: a model folder with its weights; an `Inspector` where it is to be opened once only.
        sentence: to translate.
        reference: a translation to walk the network through instead of the model's own: what the model thinks of it.
        text: more sentences, over which half-lives, units and the forgetting curve are measured together with this one;
            the model's greedy translations go with them.
        compare: other models, such as the same trained with `cell: gru`, whose forgetting curves come beside.
        **decoding: `beam_size`, `length_penalty`, `max_length` over the model's own, see
            `seq2seq.translation.options.Decoding`.

    Returns:
        Everything, in typed arrays.

    Raises:
        UserError: the model cannot be opened, the sentence is empty or too long, or an option is out of range.
    """
    inspector = _opened(model)
    options = inspector.decoding(decoding)
    source = inspector.source(sentence, options.max_source_tokens)
    tree, best = search_tree(
        inspector.engine,
        source.ids,
        beam_size=options.beam_size,
        length_penalty=options.length_penalty,
        limit=limit_of(len(source.ids), options),
    )
    tokenizer = inspector.target_tokenizer
    translation = tokenizer.decode(best.tokens)
    if reference is None:
        ids = [*best.tokens.tolist(), EOS]
        target = TextSide(translation, ids, tokenizer.pieces(ids), inspector.target("").spaces)
    else:
        target = inspector.target(reference)
        if len(target.ids) == 1:
            raise UserError("the reference has nothing in it that the tokenizer keeps: give one, or leave it out")
    seen = inspector.walk(source, target)
    more = _more(inspector, text, options)
    walked = [(source, target, seen), *((s, t, inspector.walk(s, t)) for s, t in more)]
    of_sentence = gradients(inspector.engine.model, source.ids, target.ids)
    pairs = [(s.text, t.text) for s, t, _ in walked]
    own = [of_sentence, *gradients_of(inspector.engine.model, [(s.ids, t.ids) for s, t in more], len(more) > 3)]
    curves = {inspector.cell: forgetting_curve(own)}
    for path in compare:
        other = _opened(path)
        label = _unlike(other.cell, curves)
        curves[label] = curve_of(other, pairs)
    halves, units = _units(walked)
    ended = [node.number for node in tree.nodes if node.state == "ended"]
    return Inspection(
        name=str(inspector.folder.path),
        cell=inspector.cell,
        parameters=sum(array.size for array in inspector.weights.values()),
        source=source,
        target=target,
        translation=translation,
        reference=reference,
        record=seen,
        half_lives=halves,
        units=units,
        gradients=of_sentence,
        curves=curves,
        sentences=len(walked),
        search=tree,
        spellings={token: tokenizer.pieces([token])[0] for token in {node.token for node in tree.nodes}},
        texts={number: tokenizer.decode(tree.tokens(number)) for number in ended},
        reference_score=None if reference is None else _score(seen, options),
        target_tokenizer=tokenizer,
    )


def curve_of(inspector: Inspector, pairs: Sequence[tuple[str, str]]) -> Curve:
    """A model's forgetting curve over pairs of source and target text."""
    ids = [(inspector.source(source).ids, inspector.target(target).ids) for source, target in pairs]
    return forgetting_curve(gradients_of(inspector.engine.model, ids, len(ids) > 3))


def _opened(model: str | Path | Inspector) -> Inspector:
    return model if isinstance(model, Inspector) else Inspector.load(model)


def _unlike(label: str, taken: Mapping[str, object]) -> str:
    """The label, numbered where it is taken."""
    numbered = (f"{label} {n}" for n in range(2, len(taken) + 3))
    return label if label not in taken else next(name for name in numbered if name not in taken)


def _score(seen: Record, options: Decoding) -> float:
    from seq2seq.search import length_normalizer

    return seen.log_probability / float(length_normalizer(len(seen.target_ids), options.length_penalty))


def _more(inspector: Inspector, text: Sequence[str], options: Decoding) -> list[tuple[TextSide, TextSide]]:
    """Further sentences with their greedy translations; those that are empty or too long are left out."""
    sides = [inspector.side(inspector.tokenizer, "source_language", line) for line in text]
    sides = sorted((s for s in sides if 1 < len(s.ids) <= options.max_source_tokens), key=lambda side: len(side.ids))
    pairs = []
    for start in range(0, len(sides), 32):
        part = sides[start : start + 32]
        lengths = np.array([len(side.ids) for side in part], np.int32)
        found = beam_search(
            inspector.engine,
            pad([side.ids for side in part]),
            lengths,
            beam_size=1,
            length_penalty=options.length_penalty,
            max_lengths=np.array([limit_of(int(length), options) for length in lengths]),
        )
        for side, (hypothesis,) in zip(part, found, strict=True):
            ids = [*hypothesis.tokens.tolist(), EOS]
            tokenizer = inspector.target_tokenizer
            spaces = spaced(inspector.folder.metadata["target_language"])
            pairs.append((side, TextSide(tokenizer.decode(ids[:-1]), ids, tokenizer.pieces(ids), spaces)))
    return pairs


def _units(walked: Sequence[tuple[TextSide, TextSide, Record]]) -> tuple[dict[str, Floats], tuple[TellingUnit, ...]]:
    """Half-lives of all units, and the telling ones, layer by layer."""
    halves: dict[str, Floats] = {}
    units: list[TellingUnit] = []
    for n, layer in enumerate(walked[0][2].layers):
        layers = [seen.layers[n] for _, _, seen in walked]
        # What a decoder layer had read at step t ends with the piece before t.
        sides = [source if layer.part == "encoder" else target for source, target, _ in walked]
        read = [side.pieces if layer.part == "encoder" else ["<s>", *side.pieces[:-1]] for side in sides]
        halves[layer.name] = half_lives(layers)
        units += telling_units(layers, read, spaces=sides[0].spaces)
    return halves, tuple(units)
