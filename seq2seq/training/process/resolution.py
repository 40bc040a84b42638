"""What "auto" and defaults of a training mean on this machine. TensorFlow is not needed."""

import platform
from typing import Any

from seq2seq.config.schema import TrainingConfig
from seq2seq.machine import multiplies_bfloat16, usable_cores


def resolve(config: TrainingConfig) -> dict[str, Any]:
    """Settles precision and threads for this machine; both are kept with the run, whose results depend on them.

    Example:
        >>> facts = resolve(TrainingConfig(epochs=1, threads=3, precision="bfloat16"))
        >>> facts["threads"], facts["precision"]
        (3, 'bfloat16')
    """
    precision = config.precision
    if precision == "auto":
        precision = "bfloat16" if multiplies_bfloat16() else "float32"
    return {
        "threads": config.threads or usable_cores(),
        "precision": precision,
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
