"""What an ablated network translates, beside what the intact one does."""

from __future__ import annotations

import numpy as np

from seq2seq.inspection.ablation import Ablations
from seq2seq.inspection.inspection import AblatedTranslation, TextSide
from seq2seq.inspection.inspector import Inspector
from seq2seq.inspection.numpy_engine import NumpyEngine
from seq2seq.search import beam_search
from seq2seq.translation.options import DecodingOptions


def translate_ablated(
    inspector: Inspector,
    ablations: Ablations,
    source: TextSide,
    target: TextSide,
    options: DecodingOptions,
) -> AblatedTranslation | None:
    """Translates a sentence with a network of which parts are held; None if nothing is held.

    Args:
        inspector: The model.
        ablations: What is held.
        source: The sentence.
        target: What the intact decoder was fed; the ablated one is fed the same, to see how probable it finds it.
        options: Beam size, length penalty and limits of the search, as for the intact network.
    """
    if not ablations.each:
        return None
    ((best,),) = beam_search(
        NumpyEngine(inspector.network(ablations)),
        np.array([source.ids], np.int32),
        np.array([len(source.ids)], np.int32),
        beam_size=options.beam_size,
        length_penalty=options.length_penalty,
        max_lengths=options.limits([len(source.ids)]),
    )
    output = inspector.output(best.tokens.tolist())
    return AblatedTranslation(
        ablations.each,
        output,
        best.log_probability,
        best.score,
        inspector.record(source, output, ablations),
        inspector.record(source, target, ablations).log_probabilities,
    )
