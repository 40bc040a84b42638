"""What sacrebleu fetches from the network when it is first asked for: test sets and the models of some tokenizers."""

import contextlib
import http.client
import logging
import socket
import urllib.error
from collections.abc import Callable, Iterator

from sacrebleu.utils import SACREBLEU_DIR

from seq2seq.errors import UserError

TIMEOUT = 60.0
"""Seconds of silence after which a server counts as unreachable; sacrebleu itself would wait for ever."""

Say = Callable[[str], None]


def silent(text: str) -> None:
    """Says nothing."""


class _Messages(logging.Handler):
    """Passes on what sacrebleu says, and keeps its errors: they are followed by an exit that carries no reason."""

    def __init__(self, say: Say) -> None:
        super().__init__(logging.INFO)
        self.say = say
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        else:
            self.say(record.getMessage())


@contextlib.contextmanager
def fetching(what: str, say: Say = silent) -> Iterator[None]:
    """Lets sacrebleu fetch and read `what` in this block, and says in one sentence what kept it from that.

    Args:
        what: the name of what is fetched, for errors.
        say: told what is downloaded from where.

    Raises:
        UserError: it is not in the cache and cannot be downloaded, or what the cache holds cannot be used.
    """
    logger = logging.getLogger("sacrebleu")
    messages = _Messages(say)
    level, propagate, timeout = logger.level, logger.propagate, socket.getdefaulttimeout()
    logger.addHandler(messages)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    except UserError:
        raise
    except (urllib.error.URLError, TimeoutError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(
            f"{what} is not in sacrebleu's cache ({SACREBLEU_DIR}) and cannot be downloaded ({reason}): "
            "connect to the network, or copy the cache of a machine that has it"
        ) from error
    except PermissionError as error:
        raise UserError(
            f"{what} cannot be kept in sacrebleu's cache ({error.filename} cannot be written): name another folder "
            "for it in the environment's SACREBLEU"
        ) from error
    # What a half-finished download makes sacrebleu stumble over (archives, XML, missing members, its own `sys.exit`)
    # has no common type; all of it means the same to a user.
    except (Exception, SystemExit) as error:
        reason = messages.errors[0] if messages.errors else f"{type(error).__name__}: {error}"
        raise UserError(
            f"{what} cannot be read from sacrebleu's cache ({' '.join(reason.split()).rstrip('.')}): "
            f"remove it there ({SACREBLEU_DIR}) so that it is downloaded again"
        ) from error
    finally:
        socket.setdefaulttimeout(timeout)
        logger.propagate = propagate
        logger.setLevel(level)
        logger.removeHandler(messages)
