"""The figures of a run, read from its log.jsonl.

Each reading goes on where the last one ended, so that redrawing a long run costs no more than redrawing a short one.
"""

import json
from array import array
from pathlib import Path
from typing import Any

SESSION = "sitting"
"""The key of a line about a session, by the name that such lines have had from the beginning."""


class TrainingHistory:
    """Figures of all updates and validations so far, over all sessions.

    Attributes:
        steps: Number of each update; loss, gradient_norm, rate and speed have a value for each.
        loss: Loss in nats per token.
        gradient_norm: Norm of all gradients before clipping.
        rate: Learning rate.
        speed: Target tokens per second; NaN if the log is too old to know how long an update took.
        tokens: Number of target tokens of all updates.
        seconds: Duration of all updates, as far as known, without validations.
        validations: Lines of the log about validations.
        gates: Lines about the saturation of gates (see `seq2seq.training.monitoring.gates`).
        sessions: Lines about sessions; a session is one process that trains, from its start to its end.
    """

    def __init__(self, log: Path) -> None:
        """Names the log; nothing is read yet."""
        self.log = log
        self.steps, self.loss, self.gradient_norm, self.rate, self.speed = (array("d") for _ in range(5))
        self.tokens = 0
        self.seconds = 0.0
        self.validations: list[dict[str, Any]] = []
        self.gates: list[dict[str, Any]] = []
        self.sessions: list[dict[str, Any]] = []
        self._read = 0

    def read_on(self) -> None:
        """Reads what was logged since the last call; an incomplete line, which a kill leaves, waits for the next."""
        if not self.log.is_file():
            return
        with self.log.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for text in whole.splitlines():
            line = json.loads(text)
            if "step" in line:
                self._update(line)
            elif "validation" in line:
                self.validations.append(line)
            elif "gates" in line:
                self.gates.append(line)
            elif SESSION in line:
                self.sessions.append(line)

    def _update(self, line: dict[str, Any]) -> None:
        tokens, seconds = int(line["tokens"]), float(line.get("seconds", 0.0))
        self.steps.append(line["step"])
        self.loss.append(line["loss_sum"] / max(1, tokens))
        self.gradient_norm.append(line["gradient_norm"])
        self.rate.append(line["rate"])
        self.speed.append(tokens / seconds if seconds > 0 else float("nan"))
        self.tokens += tokens
        self.seconds += seconds
