"""The scenes: what is said and what is done in each."""

from __future__ import annotations

from ..clauses import Act
from ..pairs import Template
from . import appointments, complaints, directions, hotel, restaurant, shopping, small_talk, transport

_SCENES = (hotel, restaurant, transport, directions, shopping, complaints, appointments, small_talk)
ACTS: tuple[Act, ...] = tuple(deed for scene in _SCENES for deed in scene.ACTS)
TEMPLATES: tuple[tuple[Template, ...], ...] = tuple(tuple(scene.TEMPLATES) for scene in _SCENES)
