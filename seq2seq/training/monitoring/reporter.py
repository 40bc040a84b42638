"""What a person sees of a run: a progress bar on a terminal, plain lines elsewhere."""

import contextlib
import math
import sys
import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn


class Reporter:
    """Writes progress to standard error."""

    def __init__(self, report_steps: int, quiet: bool = False) -> None:
        """Reports every `report_steps` updates if standard error is no terminal; reports nothing at all if `quiet`."""
        self.console = Console(file=sys.stderr, quiet=quiet, highlight=False, emoji=False, soft_wrap=True)
        self.report_steps = report_steps
        self._progress: Progress | None = None
        self._window: list[tuple[float, int, float]] = []  # (time, tokens, loss sum) of the newest updates

    def say(self, text: str, style: str | None = None) -> None:
        """Writes one line."""
        self.console.print(text, style=style, markup=False)

    def stage(self, text: str) -> None:
        """Writes one line about what begins now, so that nobody waits without knowing for what."""
        self.say(f"{text} …")

    @contextlib.contextmanager
    def training(self, first_step: int, last_step: int) -> Iterator[None]:
        """Shows the progress of updates after `first_step` up to `last_step`."""
        self.last_step = last_step
        self._window = [(time.monotonic(), 0, 0.0)]
        if not self.console.is_terminal:
            yield
            return
        self._progress = Progress(
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}"),
            console=self.console,
            expand=True,
            # Each refresh takes the interpreter from the thread that prepares batches.
            refresh_per_second=2,
        )
        self._task = self._progress.add_task("", total=last_step, completed=first_step, figures="")
        with self._progress:
            yield
        self._progress = None

    def update(self, step: int, loss_sum: float, tokens: int, rate: float) -> None:
        """Reports an update.

        Args:
            step: Number of updates so far.
            loss_sum: Loss of the update in nats, summed over its tokens.
            tokens: Number of target tokens of the update.
            rate: Learning rate of the update.
        """
        self._window.append((time.monotonic(), tokens, loss_sum))
        if self._progress is not None:
            del self._window[:-101]
            self._progress.update(self._task, completed=step, figures=self._figures(step, rate))
        elif step % self.report_steps == 0 or step == self.last_step:
            self.say(f"step {step}/{self.last_step}  {self._figures(step, rate)}")
            del self._window[:-1]

    def pause(self) -> None:
        """Begins the measurement of speed anew, so that a validation before does not count as training."""
        self._window = [(time.monotonic(), 0, 0.0)]

    def _figures(self, step: int, rate: float) -> str:
        seconds = max(1e-9, self._window[-1][0] - self._window[0][0])
        updates = self._window[1:]
        tokens = max(1, sum(count for _, count, _ in updates))
        loss = sum(loss for *_, loss in updates) / tokens
        left = (self.last_step - step) * seconds / max(1, len(updates))
        return (
            f"{tokens / seconds:,.0f} tokens/s  loss {loss:.2f}  perplexity {math.exp(min(loss, 700)):,.1f}  "
            f"rate {rate:.1e}  {duration(left)} left"
        )

    def validation(self, step: int, scores: dict[str, Any], is_best: bool, seconds: float) -> None:
        """Reports a validation.

        Args:
            step: Number of updates so far.
            scores: Loss and scores by name.
            is_best: Whether the model is the best one so far.
            seconds: Duration of the validation.
        """
        figures = "  ".join(f"{name} {value:.2f}" for name, value in scores.items())
        best = "  best so far" if is_best else ""
        self.say(f"validation at step {step}: {figures}  ({seconds:.0f} s){best}", "bold green" if is_best else None)


def duration(seconds: float) -> str:
    """Writes a duration as minutes and seconds, or hours, minutes and seconds.

    Example:
        >>> duration(75), duration(3600)
        ('1:15', '1:00:00')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
