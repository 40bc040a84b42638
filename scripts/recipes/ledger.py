"""What an experiment has cost so far, kept so that a kill loses seconds of it at most."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scripts.recipes.program import commit_at
from seq2seq.files import write_file


@dataclass
class Session:
    """One process of `seq2seq train`."""

    began: str
    commit: str | None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass
class Ledger:
    """The sessions of one training."""

    path: Path
    sessions: list[Session] = field(default_factory=list)
    trained: bool = False
    """The training has come to its end."""
    failure: str | None = None
    """What the last session complained of, if it failed."""

    @classmethod
    def load(cls, path: Path) -> Ledger:
        """The ledger at `path`, empty where there is none."""
        if not path.is_file():
            return cls(path)
        values = json.loads(path.read_text("utf-8"))
        sessions = [Session(**session) for session in values.pop("sessions")]
        return cls(path, sessions, **values)

    def save(self) -> None:
        """Writes it, whole."""
        write_file(
            self.path,
            json.dumps(
                {
                    "sessions": [asdict(session) for session in self.sessions],
                    "trained": self.trained,
                    "failure": self.failure,
                },
                indent=1,
            )
            + "\n",
        )

    def begin(self) -> Session:
        """Opens a session."""
        session = Session(time.strftime("%Y-%m-%dT%H:%M:%S%z"), commit_at())
        self.sessions.append(session)
        self.failure = None
        self.save()
        return session

    @property
    def wall_minutes(self) -> float:
        """Over all sessions."""
        return sum(session.wall_seconds for session in self.sessions) / 60

    @property
    def cpu_minutes(self) -> float:
        """User and system time of the training processes and of what they started, over all sessions."""
        return sum(session.cpu_seconds for session in self.sessions) / 60

    @property
    def commit(self) -> str | None:
        """The commit that trained; several, where sessions ran at different ones."""
        return ", ".join(dict.fromkeys(session.commit for session in self.sessions if session.commit)) or None


def cpu_seconds_of(process: int) -> float | None:
    """User and system time of a running process and of its children that have ended; None where it cannot be known."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    # After the name, which stands in brackets and may hold anything: utime, stime, cutime, cstime (proc(5)).
    ticks = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
