"""Ablation: a part of the network is held at a value of one's choice, and the network translates with what is left.

What a part is good for shows when it is missing. An ablation is written as a short text:

    decoder/lstm_0:forget=0          a gate (or `candidate`) of all units of a layer is held at a value
    decoder/lstm_0:forget=17=0       the same of unit 17 only
    encoder/forward_0:unit=17=0      the hidden state of unit 17 is held at a value from the first state on, so that
                                     nothing else sees what the unit holds
    attention=cut                    the decoder reads nothing of the memory: its context is zero
    attention=uniform                the decoder attends to all source tokens alike

Several of them hold at once. The translation of the ablated network is that of a real search over it
(`seq2seq.inspection.numpy_engine`), not a change of the intact one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from seq2seq.errors import UserError
from seq2seq.inspection.equations import Hold
from seq2seq.inspection.network import ATTENTION
from seq2seq.inspection.records import Array
from seq2seq.model_settings import ModelSettings

FORMS = "LAYER:GATE=VALUE, LAYER:GATE=UNIT=VALUE, LAYER:unit=UNIT=VALUE, attention=cut or attention=uniform"
"""The forms in which an ablation is written."""
_UNIT = "unit"


@dataclass(frozen=True)
class Ablation:
    """One part of the network and what it is held at.

    Attributes:
        spec: The ablation as it was written.
        part: Name of the layer, or `attention`.
        held: Name of the value that is held: a gate's, `candidate`, `hidden` or `attention`.
        unit: Number of the unit; None for all units of the layer.
        value: The value that is held; None for equal shares of attention.
    """

    spec: str
    part: str
    held: str
    unit: int | None
    value: float | None

    @classmethod
    def parse(cls, spec: str, settings: ModelSettings) -> Ablation:
        """Reads an ablation of a model of this shape.

        Raises:
            UserError: It has another form, or names what the model does not have; the message names what it has.

        Example:
            >>> ablation = Ablation.parse("decoder/lstm_0:forget=17=0", ModelSettings(vocabulary_size=100))
            >>> ablation.part, ablation.held, ablation.unit, ablation.value
            ('decoder/lstm_0', 'forget', 17, 0.0)
        """
        part, colon, rest = spec.strip().partition(":")
        if not colon:
            name, _, way = spec.strip().partition("=")
            if name != ATTENTION:
                raise UserError(f"the ablation '{spec}' has none of the forms that are known: {FORMS}")
            if way not in ("cut", "uniform"):
                raise UserError(f"the ablation '{spec}' must be attention=cut or attention=uniform")
            return cls(spec, ATTENTION, ATTENTION, None, 0.0 if way == "cut" else None)
        sizes = layer_sizes(settings)
        if part not in sizes:
            raise UserError(f"the ablation '{spec}' names no layer of this model: choose one of {', '.join(sizes)}")
        held, *numbers = rest.split("=")
        names = (*settings.facts.gate_names, "candidate", _UNIT)
        if held not in names:
            raise UserError(f"the ablation '{spec}' names nothing that {part} has: choose one of {', '.join(names)}")
        if len(numbers) not in ((2,) if held == _UNIT else (1, 2)):
            raise UserError(f"the ablation '{spec}' has none of the forms that are known: {FORMS}")
        unit = _unit(spec, numbers[0], part, sizes[part]) if len(numbers) == 2 else None
        value = _value(spec, numbers[-1], 0 if held in settings.facts.gate_names else -1)
        return cls(spec, part, "hidden" if held == _UNIT else held, unit, value)

    def apply(self, array: Array) -> Array:
        """Puts the value that is held in place of what was computed. [..., units] or [..., source]"""
        if self.value is None:
            return np.full_like(array, 1 / array.shape[-1])
        if self.unit is None:
            return np.full_like(array, self.value)
        changed = array.copy()
        changed[..., self.unit] = self.value
        return changed


@dataclass(frozen=True)
class Ablations:
    """All ablations that hold at once.

    Example:
        >>> cut = Ablations.parse(["attention=cut"], ModelSettings(vocabulary_size=100))
        >>> cut.holds("attention")("attention", np.float32([0.25, 0.75])).tolist()
        [0.0, 0.0]
    """

    each: tuple[Ablation, ...]

    @classmethod
    def parse(cls, specs: Iterable[str], settings: ModelSettings) -> Ablations:
        """Reads ablations, see `Ablation.parse`.

        Raises:
            UserError: One cannot be read; or `specs` is one string, not a list of them.
        """
        if isinstance(specs, str):
            raise UserError(f"ablate is a list of ablations: give [{specs!r}]")
        return cls(tuple(Ablation.parse(spec, settings) for spec in specs))

    def holds(self, part: str) -> Hold:
        """The `Hold` of a layer, or of the attention, as `seq2seq.inspection.network.Network` asks for it."""
        mine = [each for each in self.each if each.part == part]

        def hold(name: str, array: Array) -> Array:
            for each in mine:
                if each.held == name:
                    array = each.apply(array)
            return array

        return hold


INTACT = Ablations(())
"""No ablation: the network as it was trained."""


def layer_sizes(settings: ModelSettings) -> dict[str, int]:
    """The number of units of each recurrent layer by its name, the encoder's first."""
    directions = ("forward", "backward") if settings.bidirectional else ("forward",)
    encoder = {
        f"encoder/{direction}_{n}": settings.encoder_size
        for n in range(settings.encoder_layers)
        for direction in directions
    }
    return encoder | {f"decoder/{settings.cell}_{n}": settings.decoder_size for n in range(settings.decoder_layers)}


def _unit(spec: str, text: str, part: str, units: int) -> int:
    if not text.isdecimal() or int(text) >= units:
        raise UserError(
            f"the ablation '{spec}' names no unit of {part}: '{text}' is not a whole number from 0 to {units - 1}"
        )
    return int(text)


def _value(spec: str, text: str, low: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= 1:
        raise UserError(f"the ablation '{spec}' holds a value that cannot be: '{text}' is not a number from {low} to 1")
    return value
