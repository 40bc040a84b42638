"""Recording: the network computed for one sentence in readable NumPy, with every intermediate array kept.

It needs no TensorFlow and has no part in training and translating. Weights go in as arrays by name (from
`seq2seq.model.weights.get_weights` or `ModelFolder.weights`), and arrays come out. Tests hold them equal to what the
model computes, for every cell, attention and bridge.

    folder = ModelFolder.open(Path("runs/quickstart/model"))
    recording = record(folder.weights(), folder.settings, source_ids, target_ids)
    recording.layer("decoder/lstm_0").gates["forget"]    # [target, units]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from seq2seq.errors import UserError
from seq2seq.inspection.equations import STEPS, State, Weights, attend
from seq2seq.inspection.records import Array, Direction, Ids, LayerRecord, Record
from seq2seq.model_settings import CELLS, ModelSettings
from seq2seq.tokenization.ids import BOS


def record(weights: Weights, settings: ModelSettings, source_ids: Sequence[int], target_ids: Sequence[int]) -> Record:
    """Computes the network for one pair, as training does without dropout, and keeps the intermediate arrays.

    Args:
        weights: Arrays by name, as model folders hold them.
        settings: Shape of the model.
        source_ids: Ids of the source tokens, EOS last.
        target_ids: Ids of the tokens to predict, EOS last. Each step is fed the true token before (teacher forcing).

    Returns:
        The recording.

    Raises:
        UserError: A weight is missing that the settings ask for.
        ValueError: Source or target is empty.
    """
    if not len(source_ids) or not len(target_ids):
        raise ValueError("a recording needs at least one source and one target piece: EOS")
    source, target = np.asarray(source_ids, np.int32), np.asarray(target_ids, np.int32)
    try:
        encoded, encoder_layers = _encode(weights, settings, source)
        readout, attention, decoder_layers = _decode(weights, settings, encoded, target)
    except KeyError as error:
        raise UserError(f"the weights lack {error}, which the model's settings ask for: copy the model again") from None
    logits = readout @ weights["embeddings"].T + weights["softmax_bias"]  # [target, vocabulary]
    wanted = logits[np.arange(len(target)), target]  # [target]
    return Record(
        source_ids=source,
        target_ids=target,
        layers=(*encoder_layers, *decoder_layers),
        encoder_outputs=encoded,
        attention=attention,
        readout=readout,
        log_probabilities=(wanted - _log_sum(logits)).astype(np.float64),
        ranks=(logits > wanted[:, None]).sum(-1),
        likeliest=logits.argmax(-1).astype(np.int32),
    )


def _log_sum(logits: Array) -> Array:
    """log Σ exp(logits) along the last axis."""
    highest = logits.max(-1)
    result: Array = highest + np.log(np.exp(logits - highest[:, None]).sum(-1))
    return result


def _encode(weights: Weights, settings: ModelSettings, source: Ids) -> tuple[Array, list[LayerRecord]]:
    """Computes the encoder's outputs [source, width] and records its layers."""
    table = weights["embeddings" if settings.tied else "source_embeddings"]
    directions: tuple[Direction, ...] = ("forward", "backward") if settings.bidirectional else ("forward",)
    x = table[source]  # [source, embedding]
    layers: list[LayerRecord] = []
    for n in range(settings.encoder_layers):
        both = [
            run_layer(weights, f"encoder/{direction}_{n}", settings.cell, x, None, n, direction)
            for direction in directions
        ]
        y = np.concatenate([layer.hidden for layer in both], -1)  # [source, width]
        x = x + y if settings.residual and n > 0 else y
        layers += both
    return x, layers


def _decode(
    weights: Weights, settings: ModelSettings, encoded: Array, target: Ids
) -> tuple[Array, Array, list[LayerRecord]]:
    """Computes read-out states [target, embedding] and attention [heads, target, source]; records the decoder."""
    cell = settings.cell
    states = first_states(weights, settings, encoded)
    fed = np.concatenate([[BOS], target[:-1]])  # [target]
    x = weights["embeddings" if settings.tied else "target_embeddings"][fed]  # [target, embedding]
    bottom, contexts, attention = _attending_layer(weights, settings, f"decoder/{cell}_0", x, states[0], encoded)
    layers = [bottom]
    hidden = bottom.hidden  # [target, units]
    for n in range(1, settings.decoder_layers):
        joined = np.concatenate([hidden, contexts], -1)  # [target, units + context]
        above = run_layer(weights, f"decoder/{cell}_{n}", cell, joined, states[n], n)
        hidden = hidden + above.hidden if settings.residual else above.hidden
        layers.append(above)
    joined = np.concatenate([hidden, contexts], -1)
    readout = np.tanh(joined @ weights["decoder/readout_kernel"] + weights["decoder/readout_bias"])
    return readout, attention, layers


def _attending_layer(
    weights: Weights, settings: ModelSettings, name: str, inputs: Array, state: State, encoded: Array
) -> tuple[LayerRecord, Array, Array]:
    """Computes the decoder's bottom layer, which attends to the memory at every step.

    Returns:
        The layer's recording, the contexts [target, context] and the attention weights [heads, target, source].
    """
    attention_weights = weights_of(weights, "decoder/attention")
    layer_weights, cell, first = weights_of(weights, name), settings.cell, state
    context = np.zeros(settings.context_width, np.float32)
    steps, contexts, attention = [], [], []
    for x in inputs:
        layer_input = np.concatenate([x, context]) if settings.input_feeding else x
        gates, state = STEPS[cell](layer_weights, layer_input, state)
        context, attended = attend(attention_weights, settings.attention, settings.head_count, state[0], encoded)
        steps.append((gates, state))
        contexts.append(context)
        attention.append(attended)
    return _record_of(name, cell, 0, "forward", first, steps), np.stack(contexts), np.stack(attention, 1)


def run_layer(
    weights: Weights,
    name: str,
    cell: str,
    inputs: Array,
    state: State | None = None,
    number: int = 0,
    direction: Direction = "forward",
) -> LayerRecord:
    """Unrolls one recurrent layer over all its steps.

    Args:
        weights: Weights of the whole model.
        name: Name of the layer, such as encoder/backward_0.
        cell: lstm, gru or rnn.
        inputs: The layer's inputs in reading order. [time, inputs]
        state: The first state, arrays of [units]; zeros by default.
        number: Number of the layer in its part, from 0 at the bottom.
        direction: Direction in which the layer reads.
    """
    layer_weights = weights_of(weights, name)
    first = state or (np.zeros(len(layer_weights["recurrent_kernel"]), np.float32),) * CELLS[cell].arity
    steps, state = [], first
    for x in inputs[::-1] if direction == "backward" else inputs:
        gates, state = STEPS[cell](layer_weights, x, state)
        steps.append((gates, state))
    return _record_of(name, cell, number, direction, first, steps)


def first_states(weights: Weights, settings: ModelSettings, encoded: Array) -> list[State]:
    """Computes the first state of each decoder layer: the bridge, see `seq2seq.model.bridges`.

    Args:
        weights: Weights of the whole model.
        settings: Shape of the model.
        encoded: The encoder's outputs. [source, width]
    """
    units, arity = settings.decoder_size, settings.facts.arity
    layers = range(settings.decoder_layers)
    if settings.bridge == "zero":
        return [(np.zeros(units, np.float32),) * arity for _ in layers]
    if settings.bridge == "mean":
        summary = encoded.mean(0)
    else:  # where each direction ended: forwards at the last token, backwards at the first
        forward = encoded.shape[1] - settings.backward_units
        summary = np.concatenate([encoded[-1, :forward], encoded[0, forward:]])
    return [
        tuple(
            np.split(
                np.tanh(summary @ weights[f"decoder/bridge/kernel_{n}"] + weights[f"decoder/bridge/bias_{n}"]), arity
            )
        )
        for n in layers
    ]


def weights_of(weights: Weights, name: str) -> Weights:
    """Selects the weights of one layer and takes its name off theirs."""
    return {key.removeprefix(f"{name}/"): array for key, array in weights.items() if key.startswith(f"{name}/")}


def _record_of(
    name: str,
    cell: str,
    number: int,
    direction: Direction,
    first: State,
    steps: list[tuple[dict[str, Array], State]],
) -> LayerRecord:
    """Makes a recording, in reading order, of steps in the order in which they were made."""
    part: Literal["encoder", "decoder"] = "encoder" if name.startswith("encoder") else "decoder"
    if direction == "backward":
        steps = steps[::-1]
    return LayerRecord(
        name=name,
        part=part,
        number=number,
        direction=direction,
        cell=cell,
        gates={gate: np.stack([gates[gate] for gates, _ in steps]) for gate in steps[0][0]},
        memory=np.stack([state[-1] for _, state in steps]),
        hidden=np.stack([state[0] for _, state in steps]),
        first_memory=first[-1],
        first_hidden=first[0],
    )
