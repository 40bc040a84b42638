"""seq2seq: small, good translators on an ordinary CPU.

The names in `__all__` are the public Python API. Each is loaded when it is first asked for, so that importing the
package costs nothing:

    >>> from seq2seq import evaluate, load_config
    >>> [bleu] = evaluate(["Wo ist hier der Bahnhof?"], ["Wo ist der Bahnhof?"], metrics=["bleu"])
    >>> print(f"{bleu.score:.1f}")
    38.0

    >>> from seq2seq import Translator
    >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
    >>> translator.translate(["Where is the station?"])  # doctest: +SKIP
    ['Wo ist der Bahnhof?']
"""

import importlib
from typing import TYPE_CHECKING, Any

from seq2seq.version import __version__

if TYPE_CHECKING:
    from seq2seq.config.loading import build_config, load_config
    from seq2seq.config.schema import Config
    from seq2seq.errors import UserError
    from seq2seq.evaluation import evaluate
    from seq2seq.exporting.exporting import export
    from seq2seq.inspection.inspecting import inspect
    from seq2seq.training.trainer import train
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.translator import Translator

__all__ = [
    "Config",
    "DecodingOptions",
    "Translator",
    "UserError",
    "__version__",
    "build_config",
    "evaluate",
    "export",
    "inspect",
    "load_config",
    "train",
]

# No room may have the name of a public function: once imported, it would hide the function.
_HOMES = {
    "Config": "seq2seq.config.schema",
    "build_config": "seq2seq.config.loading",
    "load_config": "seq2seq.config.loading",
    "UserError": "seq2seq.errors",
    "evaluate": "seq2seq.evaluation",
    "export": "seq2seq.exporting.exporting",
    "inspect": "seq2seq.inspection.inspecting",
    "train": "seq2seq.training.trainer",
    "DecodingOptions": "seq2seq.translation.options",
    "Translator": "seq2seq.translation.translator",
}


def __getattr__(name: str) -> Any:
    """Imports what a public name stands for when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'seq2seq' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
