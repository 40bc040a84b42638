"""Downloads by sacrebleu, made when they are first needed: test sets and the models of some tokenizers."""

import contextlib
import http.client
import logging
import socket
import urllib.error
from collections.abc import Callable, Iterator

from sacrebleu.utils import SACREBLEU_DIR

from seq2seq.errors import UserError

TIMEOUT = 60.0
"""Seconds without an answer after which a server counts as unreachable; sacrebleu itself would wait for ever."""

Note = Callable[[str], None]
"""Called with what the user should know, such as a download."""


def silent(text: str) -> None:
    """Ignores a note."""


class _Messages(logging.Handler):
    """Passes on sacrebleu's messages, and keeps its errors, which are followed by an exit that carries no reason."""

    def __init__(self, note: Note) -> None:
        super().__init__(logging.INFO)
        self.note = note
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        else:
            self.note(record.getMessage())


@contextlib.contextmanager
def fetching(what: str, note: Note = silent) -> Iterator[None]:
    """Lets sacrebleu fetch and read something in this block, and turns its errors into a `UserError`.

    Args:
        what: Name of what is fetched, for error messages.
        note: Called with what is downloaded from where.

    Raises:
        UserError: `what` is not in the cache and cannot be downloaded, or the cache holds something unusable.
    """
    logger = logging.getLogger("sacrebleu")
    messages = _Messages(note)
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
            f"{what} cannot be stored in sacrebleu's cache ({error.filename} cannot be written): name another folder "
            "for it in the environment's SACREBLEU"
        ) from error
    # The errors that a half-finished download causes (archives, XML, missing members, sacrebleu's own `sys.exit`) have
    # no common type; all of them mean the same to a user.
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
