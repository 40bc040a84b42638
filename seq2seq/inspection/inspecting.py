"""`inspect`: a model and a sentence in; a recording, gradients, telling units and the search tree out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from seq2seq.inspection import exports
from seq2seq.inspection.ablated import translate_ablated
from seq2seq.inspection.ablation import Ablations
from seq2seq.inspection.gradients import Curve, Gradients, forgetting_curve, gradients, gradients_of
from seq2seq.inspection.inspection import InspectionData, TextSide
from seq2seq.inspection.inspector import Inspector
from seq2seq.inspection.probing import ProbedFeature, check_labels, probe
from seq2seq.inspection.records import Record
from seq2seq.inspection.search_tree import SearchTree, search_tree
from seq2seq.inspection.units import Floats, TellingUnit, half_lives, telling_units
from seq2seq.pages.notebook import framed
from seq2seq.search import Hypothesis, beam_search, length_normalizer
from seq2seq.translation.batching import in_batches, padded_rows
from seq2seq.translation.options import DecodingOptions

NO_FEATURES: Mapping[str, Sequence[str]] = {}
TRACE_FROM = 4
"""Number of sentences from which tracing the gradients' computation costs less than it saves."""


@dataclass(frozen=True, eq=False)
class Inspection(InspectionData):
    """An inspection and the forms in which it can be written; its fields are those of `InspectionData`."""

    def __repr__(self) -> str:
        """The model, the sentence and its translation, without the arrays."""
        return f"<Inspection of {self.name}: {self.source.text!r} → {self.translation!r}>"

    def _repr_html_(self) -> str:
        """The page inside a notebook."""
        return framed(self.to_html(), f"Inspection of “{self.source.text}”")

    def to_html(self) -> str:
        """The page as one file, see `seq2seq.inspection.inspection_page`."""
        # matplotlib need not be loaded for the other forms.
        from seq2seq.inspection.inspection_page import render_inspection

        return render_inspection(self)

    def to_json(self) -> str:
        """Everything as JSON, see `seq2seq.inspection.exports`."""
        return exports.to_json(self)

    def to_npz(self) -> bytes:
        """All arrays as a NumPy archive, see `seq2seq.inspection.exports`."""
        return exports.to_npz(self)


class RecordedPair(NamedTuple):
    """A source, a target, and the recording of the network while it was fed both.

    Attributes:
        source: The source.
        target: The target.
        record: The recording.
        line: Number of the source's line in the further text, from 0; −1 for the sentence itself.
    """

    source: TextSide
    target: TextSide
    record: Record
    line: int


def inspect(
    model: str | Path | Inspector,
    sentence: str,
    *,
    reference: str | None = None,
    text: Sequence[str] = (),
    compare: Sequence[str | Path | Inspector] = (),
    ablate: Sequence[str] = (),
    features: Mapping[str, Sequence[str]] = NO_FEATURES,
    **decoding: Any,
) -> Inspection:
    """Looks inside a model while it translates a sentence.

    Args:
        model: A model folder with its weights, or an `Inspector` if the model is opened once for several sentences.
        sentence: The sentence to translate.
        reference: A translation that is fed to the decoder instead of the model's own, to see how probable the model
            finds it.
        text: Further sentences. Half-lives, units and the forgetting curve are measured over these and their greedy
            translations together with the sentence.
        compare: Other models, such as the same trained with `cell: gru`; their forgetting curves are drawn beside.
        ablate: Parts of the network to hold at a value, such as "decoder/lstm_0:forget=0" or "attention=cut", see
            `seq2seq.inspection.ablation`; the sentence is translated by the network without them, too.
        features: Features of one's own: for each name a label for each line of `text`, "" for none. The units that
            follow them are found as `seq2seq.inspection.probing` has it.
        **decoding: `beam_size`, `length_penalty` and `max_length` in place of the model's own, see
            `seq2seq.translation.options.DecodingOptions`.

    Returns:
        Everything that was recorded and measured, in typed arrays.

    Raises:
        UserError: The model cannot be opened, the sentence is empty or too long, an option is out of range, an
            ablation names what the model does not have, or the labels of a feature do not fit `text`.

    Example:
        >>> from seq2seq import inspect
        >>> seen = inspect("runs/quickstart/model", "Where is the station?", beam_size=5)  # doctest: +SKIP
        >>> seen.record.attention.shape  # doctest: +SKIP
        (1, 6, 6)
        >>> Path("inspect.html").write_text(seen.to_html())  # doctest: +SKIP
    """
    inspector = Inspector.open(model)
    options = inspector.decoding(decoding)
    ablations = Ablations.parse(ablate, inspector.settings)
    for name, labels in features.items():
        check_labels(name, labels, len(text))
    source = inspector.source(sentence, options.max_source_tokens)
    tree, best = search_tree(
        inspector.engine,
        source.ids,
        beam_size=options.beam_size,
        length_penalty=options.length_penalty,
        limit=int(options.limits([len(source.ids)])[0]),
    )
    translation = inspector.output(best.tokens.tolist())
    target = translation if reference is None else inspector.reference(reference)
    pair = RecordedPair(source, target, inspector.record(source, target), -1)
    more = _greedy_pairs(inspector, text, options)
    norms = gradients(inspector.engine.model, source.ids, target.ids)
    lives, units = _units([pair, *more])
    return Inspection(
        name=str(inspector.folder.path),
        cell=inspector.cell,
        parameters=sum(array.size for array in inspector.weights.values()),
        source=source,
        target=target,
        translation=translation.text,
        reference=reference,
        record=pair.record,
        half_lives=lives,
        units=units,
        gradients=norms,
        curves=_curves(inspector, norms, [pair, *more], compare),
        sentences=1 + len(more),
        search=tree,
        spellings=_spellings(inspector, tree),
        texts=_texts(inspector, tree),
        ablated=translate_ablated(inspector, ablations, source, target, options),
        features=tuple(_probe(name, labels, more) for name, labels in features.items()),
        reference_score=None if reference is None else _score(pair.record, options),
        target_tokenizer=inspector.target_tokenizer,
    )


def _greedy_pairs(inspector: Inspector, text: Sequence[str], options: DecodingOptions) -> list[RecordedPair]:
    """Sentences with their greedy translations, shortest first; empty and over-long sentences are left out."""
    all_sides = [inspector.source_side(line) for line in text]
    lines = [n for n, side in enumerate(all_sides) if 1 < len(side.ids) <= options.max_source_tokens]
    lines.sort(key=lambda n: len(all_sides[n].ids))
    sides = [all_sides[n] for n in lines]

    def search(batch: list[TextSide]) -> list[list[Hypothesis]]:
        ids, lengths = padded_rows([side.ids for side in batch])
        limits = options.limits(lengths)
        return beam_search(
            inspector.engine, ids, lengths, beam_size=1, length_penalty=options.length_penalty, max_lengths=limits
        )

    outputs = in_batches(sides, [len(side.ids) for side in sides], search, batch_tokens=options.batch_tokens)
    pairs = []
    for line, side, (hypothesis,) in zip(lines, sides, outputs, strict=True):
        target = inspector.output(hypothesis.tokens.tolist())
        pairs.append(RecordedPair(side, target, inspector.record(side, target), line))
    return pairs


def _probe(name: str, labels: Sequence[str], pairs: Sequence[RecordedPair]) -> ProbedFeature:
    """Probes all layers for one feature; sentences that were left out take their labels with them."""
    mine = [labels[pair.line] for pair in pairs]
    check_labels(name, mine, len(mine))
    layers = list(zip(*(pair.record.layers for pair in pairs), strict=True))
    return probe(name, layers, mine)


def _curves(
    inspector: Inspector,
    norms: Gradients,
    pairs: Sequence[RecordedPair],
    compare: Sequence[str | Path | Inspector],
) -> dict[str, Curve]:
    """The forgetting curves of this model and of others over the same pairs; `norms` are those of the first pair."""
    ids = [(pair.source.ids, pair.target.ids) for pair in pairs[1:]]
    further = gradients_of(inspector.engine.model, ids, len(ids) >= TRACE_FROM)
    curves = {inspector.cell: forgetting_curve([norms, *further])}
    for path in compare:
        other = Inspector.open(path)
        # Its tokenizer may be another one, so that it gets the texts.
        ids = [(other.source(pair.source.text).ids, other.target(pair.target.text).ids) for pair in pairs]
        curve = forgetting_curve(gradients_of(other.engine.model, ids, len(ids) >= TRACE_FROM))
        curves[_free_label(other.cell, curves)] = curve
    return curves


def _free_label(label: str, taken: Mapping[str, object]) -> str:
    """The label, with a number if it is taken."""
    numbered = (f"{label} {n}" for n in range(2, len(taken) + 3))
    return label if label not in taken else next(name for name in numbered if name not in taken)


def _units(pairs: Sequence[RecordedPair]) -> tuple[dict[str, Floats], tuple[TellingUnit, ...]]:
    """Half-lives of all units, and the telling ones, layer by layer."""
    lives: dict[str, Floats] = {}
    units: list[TellingUnit] = []
    for n, layer in enumerate(pairs[0].record.layers):
        layers = [pair.record.layers[n] for pair in pairs]
        sides = [pair.source if layer.part == "encoder" else pair.target for pair in pairs]
        # What a decoder layer has read at step t ends with the token before t.
        read = [side.pieces if layer.part == "encoder" else ["<s>", *side.pieces[:-1]] for side in sides]
        lives[layer.name] = half_lives(layers)
        units += telling_units(layers, read, spaces=sides[0].spaces)
    return lives, tuple(units)


def _spellings(inspector: Inspector, tree: SearchTree) -> dict[int, str]:
    return {token: inspector.target_tokenizer.pieces([token])[0] for token in {node.token for node in tree.nodes}}


def _texts(inspector: Inspector, tree: SearchTree) -> dict[int, str]:
    ended = [node.number for node in tree.nodes if node.state == "ended"]
    return {number: inspector.target_tokenizer.decode(tree.tokens(number)) for number in ended}


def _score(record: Record, options: DecodingOptions) -> float:
    return record.log_probability / float(length_normalizer(len(record.target_ids), options.length_penalty))
