"""Recording: a readable walk of one sentence through the network, that keeps all it sees.

It needs no TensorFlow and touches neither training nor translating: weights go in as a dictionary of name → array (of
`seq2seq.model.weights.get_weights` or `ModelFolder.weights`), arrays come out. What the walk computes, the model
computes; tests hold the two equal for every cell, attention and bridge.

    folder = ModelFolder.open(Path("runs/quickstart/model"))
    seen = record(folder.weights(), folder.settings, source_ids, target_ids)
    seen.layer("decoder/lstm_0").gates["forget"]    # [target, units]
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
    """Walks one pair through the network, as training does without dropout.

    Args:
        weights: name → array, as model folders hold them.
        settings: Shape of the model.
        source_ids: pieces of the source; EOS must be the last.
        target_ids: pieces to predict, EOS last; each step is fed the true piece before (teacher forcing).

    Returns:
        Everything seen, see `Record`.

    Raises:
        UserError: the weights lack one that the settings speak of.
        ValueError: there is nothing to read or to predict.
    """
    if not len(source_ids) or not len(target_ids):
        raise ValueError("a recording needs at least one source and one target piece: EOS")
    source, target = np.asarray(source_ids, np.int32), np.asarray(target_ids, np.int32)
    try:
        encoded, encoder_layers = _encode(weights, settings, source)
        readout, attention, decoder_layers = _decode(weights, settings, encoded, target)
    except KeyError as error:
        raise UserError(
            f"the weights lack {error}, which the model's settings speak of: copy the model again"
        ) from None
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
    """The encoder: [source, width], and what its layers did."""
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
    """The decoder: read-out states [target, embedding], attention [heads, target, source], and what its layers did."""
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
    """The decoder's bottom layer, which asks the memory at every step.

    Returns:
        What it did, the contexts [target, context] and the attention weights [heads, target, source].
    """
    of_attention = part_of(weights, "decoder/attention")
    of_layer, cell, first = part_of(weights, name), settings.cell, state
    context = np.zeros(settings.context_width, np.float32)
    steps, contexts, attention = [], [], []
    for x in inputs:
        heard = np.concatenate([x, context]) if settings.input_feeding else x
        gates, state = STEPS[cell](of_layer, heard, state)
        context, looked = attend(of_attention, settings.attention, settings.head_count, state[0], encoded)
        steps.append((gates, state))
        contexts.append(context)
        attention.append(looked)
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
    """One recurrent layer over all its steps.

    Args:
        weights: of the whole model.
        name: of the layer, such as encoder/backward_0.
        cell: lstm, gru or rnn.
        inputs: in reading order. [time, inputs]
        state: the first, each [units]; zeros by default.
        number: of the layer in its part, for the record.
        direction: which way it reads.
    """
    of_layer = part_of(weights, name)
    first = state or (np.zeros(len(of_layer["recurrent_kernel"]), np.float32),) * CELLS[cell].arity
    steps, state = [], first
    for x in inputs[::-1] if direction == "backward" else inputs:
        gates, state = STEPS[cell](of_layer, x, state)
        steps.append((gates, state))
    return _record_of(name, cell, number, direction, first, steps)


def first_states(weights: Weights, settings: ModelSettings, encoded: Array) -> list[State]:
    """The decoder's first state, layer by layer: the bridge, see `seq2seq.model.bridges`.

    Args:
        weights: of the whole model.
        settings: of the model.
        encoded: the encoder's outputs. [source, width]
    """
    units, arity = settings.decoder_size, settings.facts.arity
    layers = range(settings.decoder_layers)
    if settings.bridge == "zero":
        return [(np.zeros(units, np.float32),) * arity for _ in layers]
    if settings.bridge == "mean":
        summary = encoded.mean(0)
    else:  # where each direction ended: forwards at the last piece, backwards at the first
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


def part_of(weights: Weights, name: str) -> Weights:
    """The weights of one layer, by the rest of their names."""
    return {key.removeprefix(f"{name}/"): array for key, array in weights.items() if key.startswith(f"{name}/")}


def _record_of(
    name: str,
    cell: str,
    number: int,
    direction: Direction,
    first: State,
    steps: list[tuple[dict[str, Array], State]],
) -> LayerRecord:
    """Steps in the order of time as a record in the order of reading."""
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
