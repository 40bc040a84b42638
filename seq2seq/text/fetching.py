"""Fetching a corpus: download, verify, unpack, transform, and move into place as a whole.

The corpus's folder does not exist before every file is there and is what the card says; after an error nothing is left
beside it either.
"""

import contextlib
import fcntl
import hashlib
import http.client
import os
import shutil
import sys
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from seq2seq.errors import UserError
from seq2seq.files import new_folder, read_errors, write_errors
from seq2seq.text.catalogue import Card, CardFile, card_paths, read_card
from seq2seq.text.lines import decode_lines
from seq2seq.text.reading import open_bytes
from seq2seq.version import __version__

_CARD = "card.yaml"  # a corpus's folder holds its card: licence and citation stay with the text
_CHUNK = 1 << 16
_TIMEOUT = 30  # seconds without a byte


class FetchReport:
    """Shows the progress on standard error: a bar on a terminal, a line per file elsewhere."""

    def __init__(self) -> None:
        """Makes the bar; nothing is shown yet."""
        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    @contextlib.contextmanager
    def fetching(self, name: str, total: int) -> Iterator[None]:
        """Shows the progress of fetching `total` bytes of the corpus `name`."""
        self._task = self._progress.add_task(name, total=total)
        with self._progress:
            yield

    def advance(self, size: int) -> None:
        """Counts `size` bytes more."""
        self._progress.advance(self._task, size)

    def file_done(self, url: str, size: int) -> None:
        """Reports a file that has been fetched as a whole."""
        if self._progress.disable:
            self.say(f"{url}  {size:,} bytes")

    def say(self, text: str) -> None:
        """Writes one line."""
        self._console.print(text, markup=False)


def fetch(card: Card, folder: Path, mirror: str | None = None, report: FetchReport | None = None) -> bool:
    """Puts a corpus into `folder`.

    Args:
        card: Card of the corpus.
        folder: The corpus's own folder.
        mirror: URL (http, https or file) under which files are asked for as `<mirror>/<host>/<path>`, in place of
            their own URLs.
        report: Shows the progress.

    Returns:
        Whether there was anything to fetch.

    Raises:
        UserError: A file cannot be downloaded or is not what the card says, or `folder` cannot be written or holds
            something else.
    """
    if mirror is not None and urllib.parse.urlsplit(mirror).scheme not in ("http", "https", "file"):
        raise UserError(f"the mirror {mirror} is not an http://, https:// or file:// URL: write a folder as file:///…")
    report = report or FetchReport()
    with _claimed(folder, report):
        if _is_complete(card, folder):
            return False
        with write_errors(folder):
            present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        if others := present - {_CARD, *card.file_names()}:
            raise UserError(f"{folder} holds other things ({min(others)}): move them, or choose another place")
        with new_folder(folder) as part, report.fetching(card.name, card.size):
            for split in card.splits:
                for language in card.languages:
                    _fetch_file(card, split, language, part, mirror, report)
            shutil.copyfile(card_paths()[card.name], part / _CARD)
    return True


@contextlib.contextmanager
def _claimed(folder: Path, report: FetchReport) -> Iterator[None]:
    """Locks the parent of `folder` for a block; removes those parents that it made if the block fails."""
    home = folder.parent
    made = [parent for parent in (home, *home.parents) if not os.path.lexists(parent)]
    try:
        with write_errors(folder):
            home.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(home, os.O_RDONLY)
        try:
            with write_errors(folder):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    report.say(f"another process is fetching into {home}: waiting for it")
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Remains of a fetch that was killed hold nothing that cannot be fetched again.
            for left in home.glob(f".{folder.name}.[0-9]*"):
                if left.suffix in (".part", ".old"):
                    shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            os.close(descriptor)
    except BaseException:
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def _is_complete(card: Card, folder: Path) -> bool:
    """Whether `folder` holds the corpus of the present card, judged by the card beside it and by counts of lines."""
    try:
        before = read_card(folder / _CARD)
        if (before.splits, before.transformations) != (card.splits, card.transformations):
            return False
        for name, split in card.splits.items():
            for language in card.languages:
                with (folder / f"{name}.{language}").open("rb") as file:
                    if sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b"")) != split.pairs:
                        return False
    except (OSError, UserError):
        return False
    return True


def _fetch_file(card: Card, split: str, language: str, part: Path, mirror: str | None, report: FetchReport) -> None:
    """Downloads one file of the corpus beside its place, and writes it there line by line."""
    entry = card.splits[split].files[language]
    name = f"{split}.{language}"
    url = mirrored(entry.url, mirror) if entry.url else (card.folder / name).as_uri()
    raw = part / "download"
    _download(url, entry, raw, report)
    transform = _TRANSFORMATIONS[card.transformations[language]] if language in card.transformations else str
    count = 0
    with (part / name).open("wb") as sink:
        for line in _lines(raw, url):
            sink.write(transform(line).encode() + b"\n")
            count += 1
    if count != card.splits[split].pairs:
        raise UserError(
            f"{url} has {count:,} lines, but the card of {card.name} says {card.splits[split].pairs:,}: the card is "
            "wrong, report it"
        )
    raw.unlink()
    report.file_done(url, entry.bytes)


def _lines(path: Path, name: str) -> Iterator[str]:
    """Reads the lines of a plain or gzip file, which errors call `name`."""
    with open_bytes(path) as file, read_errors(name):
        yield from decode_lines(file, name)


def mirrored(url: str, mirror: str | None) -> str:
    """Gives the URL of a file at a mirror: the mirror's URL, then the host and the path of `url`.

    Example:
        >>> mirrored("https://example.org/a/b.gz", "file:///mirror")
        'file:///mirror/example.org/a/b.gz'
    """
    parts = urllib.parse.urlsplit(url)
    return url if mirror is None else f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}"


def _download(url: str, entry: CardFile, path: Path, report: FetchReport) -> None:
    """Downloads a file into `path` and verifies it.

    Raises:
        UserError: It cannot be downloaded, ends too early, or is another file.
    """
    digest = hashlib.sha256()
    size = 0
    request = urllib.request.Request(url, headers={"User-Agent": f"seq2seq/{__version__}"})
    with path.open("wb") as sink:
        with _network_errors(url):
            response = urllib.request.urlopen(request, timeout=_TIMEOUT)
        with response:
            # One byte more than it should have is enough to know that it is another file.
            while size <= entry.bytes:
                with _network_errors(url), contextlib.suppress(http.client.IncompleteRead):
                    chunk = b""
                    chunk = response.read(_CHUNK)
                if not chunk:
                    break
                sink.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                report.advance(len(chunk))
            announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and size < int(announced) and size < entry.bytes:
        raise UserError(f"{url} ended after {size:,} of {int(announced):,} bytes: try again")
    if digest.hexdigest() != entry.sha256:
        raise UserError(
            f"{url} is not the file that the card names (its SHA-256 is {digest.hexdigest()[:12]}…, not "
            f"{entry.sha256[:12]}…): try again, or choose another source with --mirror"
        )


@contextlib.contextmanager
def _network_errors(url: str) -> Iterator[None]:
    """Turns errors of the network or of a server into a `UserError`."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise UserError(
            f"{url} cannot be fetched (the server says {error.code} {_one_line(error.reason)}): try again later, or "
            "choose another source with --mirror"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        message = _one_line(getattr(reason, "strerror", None) or str(reason)) or type(reason).__name__
        raise UserError(
            f"{url} cannot be fetched ({message}): check the network, or choose another source with --mirror"
        ) from error


def _one_line(message: str) -> str:
    """Makes a server's message, which may be anything, fit to be part of a sentence."""
    printable = "".join(character if character.isprintable() else " " for character in message)
    return " ".join(printable.split())[:200]


def join_japanese(line: str) -> str:
    """Removes the spaces between the words of segmented Japanese.

    A space stays between two words of another script, or between two numbers, as in "Ｎｅｗ Ｙｏｒｋ": there it belongs
    to the text.
    """
    joined = ""
    for word in line.split(" "):
        joined += f" {word}" if joined and word and _spaced(joined[-1], word[0]) else word
    return joined


def _spaced(left: str, right: str) -> bool:
    """Whether a space between two characters belongs to the text."""
    return (_is_letter(left) and _is_letter(right)) or (_is_digit(left) and _is_digit(right))


def _is_letter(character: str) -> bool:
    # Wide are the characters of Chinese and Japanese ("W") and the narrow forms of katakana ("H"); the wide forms of
    # Latin letters are "F".
    return character.isalpha() and unicodedata.east_asian_width(character) not in ("W", "H")


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


_TRANSFORMATIONS: dict[str, Callable[[str], str]] = {"join_japanese": join_japanese}
