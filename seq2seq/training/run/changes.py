"""Which options of a run may change when it goes on, and what that does."""

from collections.abc import Iterator
from typing import Any

CHANGEABLE = {
    "training.epochs": "prolongs or shortens the run; the schedule is drawn anew over its new length",
    "training.max_steps": "as training.epochs; one of them may also take the place of the other",
    "training.patience": "counts anew; a run that had stopped early goes on",
    "training.validate_steps": "holds from the next update on",
    "training.keep_models": "holds from the next validation on",
    "training.snapshot_minutes": "holds at once",
    "training.snapshot_steps": "holds at once",
    "training.report_steps": "holds at once",
    "training.export": "holds when the run ends, or at once if it has ended",
}
"""Key → what its change does. Every other key decides what has been learnt already, and stays as the run began."""
LENGTH = {"training.epochs", "training.max_steps", "training.patience"}
"""Those with which a finished run can go on."""


def differences(before: Any, now: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The differences between two nested dictionaries, each as its key and "key was a, is b".

    Example:
        >>> list(differences({"training": {"epochs": 3}}, {"training": {"epochs": 5}}))
        [('training.epochs', 'training.epochs was 3, is 5')]
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted(before.keys() | now.keys()):
            yield from differences(before.get(name), now.get(name), f"{key}.{name}".lstrip("."))
    elif before != now:
        yield key, f"{key} was {before}, is {now}"
