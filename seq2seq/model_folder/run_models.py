"""Where a run folder keeps its models, for the training that writes them and for those that read them."""

from pathlib import Path

MODELS = "models"
"""Folder of a run's model folders, each named by its step."""
BEST_MODEL = "model"
"""Link to the best of them."""


def steps_in(folder: Path) -> list[int]:
    """Lists the steps that a folder holds something of, in ascending order."""
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit())
