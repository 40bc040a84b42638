"""Recording: the network computed for one sentence in readable NumPy, with every intermediate array kept.

It needs no TensorFlow and has no part in training and translating. Weights go in as arrays by name (from
`seq2seq.model.weights.get_weights` or `ModelFolder.weights`), and arrays come out. Tests hold them equal to what the
model computes, for every cell, attention and bridge.

    folder = ModelFolder.open(Path("runs/quickstart/model"))
    recording = record(folder.weights(), folder.settings, source_ids, target_ids)
    recording.layer("decoder/lstm_0").gates["forget"]    # [target, units]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from seq2seq.errors import UserError
from seq2seq.inspection.equations import Hold, Weights
from seq2seq.inspection.network import DecoderStep, LayerRun, Network, log_sum, nothing_held
from seq2seq.inspection.records import Array, Ids, LayerRecord, Record
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.ids import BOS


def record(
    weights: Weights,
    settings: ModelSettings,
    source_ids: Sequence[int],
    target_ids: Sequence[int],
    holds: Callable[[str], Hold] = nothing_held,
) -> Record:
    """Computes the network for one pair, as training does without dropout, and keeps the intermediate arrays.

    Args:
        weights: Arrays by name, as model folders hold them.
        settings: Shape of the model.
        source_ids: Ids of the source tokens, EOS last.
        target_ids: Ids of the tokens to predict, EOS last. Each step is fed the true token before (teacher forcing).
        holds: What parts of the network are held at, see `seq2seq.inspection.ablation.Ablations.holds`.

    Returns:
        The recording.

    Raises:
        UserError: A weight is missing that the settings ask for.
        ValueError: Source or target is empty.
    """
    if not len(source_ids) or not len(target_ids):
        raise ValueError("a recording needs at least one source and one target piece: EOS")
    source, target = np.asarray(source_ids, np.int32), np.asarray(target_ids, np.int32)
    network = Network(weights, settings, holds)
    try:
        encoded, runs = network.encode(source)
        steps, decoder_runs = _decode(network, encoded, target)
        readout = np.stack([step.readout for step in steps])  # [target, embedding]
        logits = network.logits(readout)  # [target, vocabulary]
    except KeyError as error:
        raise UserError(f"the weights lack {error}, which the model's settings ask for: copy the model again") from None
    wanted = logits[np.arange(len(target)), target]  # [target]
    return Record(
        source_ids=source,
        target_ids=target,
        layers=tuple(_layer_record(settings.cell, run) for run in [*runs, *decoder_runs]),
        encoder_outputs=encoded,
        attention=np.stack([step.attention for step in steps], 1),
        readout=readout,
        log_probabilities=(wanted - log_sum(logits)).astype(np.float64),
        ranks=(logits > wanted[:, None]).sum(-1),
        likeliest=logits.argmax(-1).astype(np.int32),
    )


def _decode(network: Network, encoded: Array, target: Ids) -> tuple[list[DecoderStep], list[LayerRun]]:
    """Feeds the decoder the target, one token after the other; gives its steps, and those of each layer."""
    first = network.first_states(encoded)
    states, context = first, np.zeros(network.settings.context_width, np.float32)
    steps: list[DecoderStep] = []
    for token in np.concatenate([[BOS], target[:-1]]):
        step = network.step(token, states, context, encoded)
        states, context = [layer.state for layer in step.layers], step.context
        steps.append(step)
    runs = [
        LayerRun(name, n, "forward", first[n], [step.layers[n] for step in steps])
        for n, name in enumerate(network.decoder_layers)
    ]
    return steps, runs


def _layer_record(cell: str, run: LayerRun) -> LayerRecord:
    """Makes a recording, in reading order, of an unrolled layer."""
    part: Literal["encoder", "decoder"] = "encoder" if run.name.startswith("encoder") else "decoder"
    steps = run.steps[::-1] if run.direction == "backward" else run.steps
    return LayerRecord(
        name=run.name,
        part=part,
        number=run.number,
        direction=run.direction,
        cell=cell,
        gates={gate: np.stack([step.gates[gate] for step in steps]) for gate in steps[0].gates},
        memory=np.stack([step.state[-1] for step in steps]),
        hidden=np.stack([step.state[0] for step in steps]),
        first_memory=run.first[-1],
        first_hidden=run.first[0],
    )
