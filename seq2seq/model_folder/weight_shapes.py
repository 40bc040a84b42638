"""Which weights a model has: the name and the shape of each, from its settings alone.

What a folder's tensors are compared with before anything is allocated for them. The Keras layers of `seq2seq.model`
make the same ones, which a test holds equal.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from math import prod

from seq2seq.model_settings import ModelSettings

Shape = tuple[int, ...]


def weight_shapes(settings: ModelSettings) -> dict[str, Shape]:
    """Computes the shape of every weight by its name.

    Args:
        settings: Shape of the model.

    Example:
        >>> settings = ModelSettings(vocabulary_size=500, cell="gru")
        >>> shapes = weight_shapes(settings)
        >>> shapes["embeddings"], shapes["encoder/forward_0/bias"]
        ((500, 256), (2, 768))
    """
    return dict([*_tables(settings), *_encoder(settings), *_decoder(settings), *_attention(settings)])


@functools.lru_cache(maxsize=16)
def number_of_parameters(settings: ModelSettings) -> int:
    """Counts the floats in all weights of a model.

    Example:
        >>> number_of_parameters(ModelSettings(vocabulary_size=8000)) // 100_000 / 10
        9.1
    """
    return sum(prod(shape) for shape in weight_shapes(settings).values())


def _tables(settings: ModelSettings) -> Iterator[tuple[str, Shape]]:
    width = settings.embedding_size
    yield "embeddings", (settings.vocabulary_size, width)
    if not settings.tied:
        yield "source_embeddings", (settings.source_tokens, width)
        yield "target_embeddings", (settings.vocabulary_size, width)
    yield "softmax_bias", (settings.vocabulary_size,)


def _cell(settings: ModelSettings, name: str, inputs: int, units: int) -> Iterator[tuple[str, Shape]]:
    width = settings.facts.blocks * units
    yield f"{name}/kernel", (inputs, width)
    yield f"{name}/recurrent_kernel", (units, width)
    yield f"{name}/bias", (2, width) if settings.facts.recurrent_bias else (width,)


def _encoder(settings: ModelSettings) -> Iterator[tuple[str, Shape]]:
    for layer in range(settings.encoder_layers):
        inputs = settings.memory_width if layer else settings.embedding_size
        for direction in ("forward", "backward")[: settings.directions]:
            yield from _cell(settings, f"encoder/{direction}_{layer}", inputs, settings.encoder_size)


def _decoder(settings: ModelSettings) -> Iterator[tuple[str, Shape]]:
    units, context = settings.decoder_size, settings.context_width
    for layer in range(settings.decoder_layers):
        inputs = units + context if layer else settings.embedding_size + (context if settings.input_feeding else 0)
        yield from _cell(settings, f"decoder/{settings.cell}_{layer}", inputs, units)
        if settings.bridge != "zero":
            width = settings.facts.arity * units
            yield f"decoder/bridge/kernel_{layer}", (settings.memory_width, width)
            yield f"decoder/bridge/bias_{layer}", (width,)
    yield "decoder/readout_kernel", (units + context, settings.embedding_size)
    yield "decoder/readout_bias", (settings.embedding_size,)


def _attention(settings: ModelSettings) -> Iterator[tuple[str, Shape]]:
    query, memory = settings.decoder_size, settings.memory_width
    kernels: dict[str, dict[str, Shape]] = {
        "dot": {},
        "general": {"kernel": (memory, query)},
        "additive": {"query_kernel": (query, query), "kernel": (memory, query), "scale": (query, 1)},
        "multi_head": {
            "query_kernel": (query, query),
            "key_kernel": (memory, query),
            "value_kernel": (memory, query),
            "output_kernel": (query, query),
        },
    }
    for name, shape in kernels[settings.attention].items():
        yield f"decoder/attention/{name}", shape
