"""Has dossiers read and checked: readings are kept by the bytes of a file, so that a change in the
rules is judged again in seconds.

A kept reading belongs to the SHA-256 of a file and to the code of `ingest.reading`; when that
code changes, the file is read anew. Pictures of pages are not kept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import ingest.reading
from assistant.dossier.models import CheckRequest, Report
from evals.dossiers.bundle import files_of
from evals.dossiers.plan import Dossier
from evals.dossiers.truth import answer_to
from ingest.reading.page import Handed, Reading
from knowledge.catalog import Version
from knowledge.procedure import COMMON_CASE

Read = Callable[[Sequence[Handed]], Reading]
Check = Callable[[Version, Reading, CheckRequest], Report]
_ROUNDS = 3  # of questions; the assistant asks two or three at once


@dataclass(frozen=True)
class Stored:
    """A file of a dossier: its name, what it holds by hash."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """A reading of one file and how long it took, in seconds."""

    reading: Reading
    seconds: float


class Shelf:
    """Where files' hashes and readings lie between runs."""

    def __init__(self, folder: Path) -> None:
        self._files, self._readings = folder / "files", folder / "readings" / reader_version()
        for path in (self._files, self._readings):
            path.mkdir(parents=True, exist_ok=True)

    def stored(self, dossier: Dossier) -> list[Stored] | None:
        """The files of a dossier that was made before by this code, or None."""
        path = self._files / f"{_key(dossier)}.json"
        if not path.is_file():
            return None
        found = [Stored(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
        return found if all(self._reading(one.sha256).is_file() for one in found) else None

    def keep(self, dossier: Dossier, files: Sequence[Handed]) -> list[Stored]:
        """Remember what a dossier's files hold."""
        found = [Stored(file.name, hashlib.sha256(file.content).hexdigest()) for file in files]
        text = json.dumps([asdict(one) for one in found], ensure_ascii=False)
        (self._files / f"{_key(dossier)}.json").write_text(text, encoding="utf-8")
        return found

    def _reading(self, sha256: str) -> Path:
        return self._readings / f"{sha256}.gz"

    def reading(self, sha256: str) -> Kept | None:
        """What was read of these bytes."""
        path = self._reading(sha256)
        if not path.is_file():
            return None
        kept: Kept = pickle.loads(gzip.decompress(path.read_bytes()))
        return kept

    def keep_reading(self, sha256: str, kept: Kept) -> None:
        """Store a reading without its pictures, in one step so that a kill leaves no half of it."""
        pages = tuple(replace(page, picture=None) for page in kept.reading.pages)
        slim = Kept(replace(kept.reading, pages=pages), kept.seconds)
        path = self._reading(sha256)
        aside = path.with_suffix(f".{time.monotonic_ns()}")
        aside.write_bytes(gzip.compress(pickle.dumps(slim), 3))
        aside.replace(path)


def _key(dossier: Dossier) -> str:
    return hashlib.sha256(f"{maker_version()} {dossier!r}".encode()).hexdigest()[:32]


def _digest(folders: Sequence[Path], endings: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in endings:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def maker_version() -> str:
    """A hash of all that decides what the files of a dossier look like."""
    here = Path(__file__).parent
    digest = hashlib.sha256(_digest([here / "data"], (".yaml",)).encode())
    for name in ("people", "papers", "pen", "sheets", "cards", "degrade", "pdf", "word", "bundle"):
        digest.update((here / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


@cache
def reader_version() -> str:
    """A hash of the code that reads files."""
    return _digest([Path(ingest.reading.__file__).parent], (".py", ".yaml"))


def prepare(dossier: Dossier, shelf: Shelf, read: Read) -> list[Stored]:
    """Make a dossier's files and read those that were not read before."""
    if found := shelf.stored(dossier):
        return found
    files = files_of(dossier)
    stored = shelf.keep(dossier, files)
    for file, one in zip(files, stored, strict=True):
        if shelf.reading(one.sha256) is None:
            began = time.monotonic()
            reading = read([Handed("f" + Path(file.name).suffix, file.content)])
            shelf.keep_reading(one.sha256, Kept(reading, time.monotonic() - began))
    return stored


def reading_of(stored: Sequence[Stored], shelf: Shelf) -> tuple[Reading, float]:
    """All pages of a dossier in order, under the names of its files, and the seconds they took."""
    pages, refusals, seconds = [], [], 0.0
    for one in stored:
        kept = shelf.reading(one.sha256)
        if kept is None:
            raise KeyError(one.sha256)
        kept_name = "f" + Path(one.name).suffix
        for page in kept.reading.pages:
            pages.append(replace(page, file=one.name + page.file.removeprefix(kept_name)))
        for refusal in kept.reading.refusals:
            refusals.append(replace(refusal, file=one.name + refusal.file.removeprefix(kept_name)))
        seconds += kept.seconds
    return Reading(tuple(pages), tuple(refusals)), seconds


def checked(dossier: Dossier, version: Version, reading: Reading, check: Check) -> Report:
    """The report after the citizen answered what was asked."""
    answers: Mapping[str, str] = {}
    for _ in range(_ROUNDS):
        request = CheckRequest(
            code=dossier.procedure,
            # Nobody chooses "everybody's case" by name: the check asks, or needs not.
            case=None if dossier.case == COMMON_CASE else dossier.case,
            answers=dict(answers),
            submitted_on=dossier.submitted_on,
        )
        report = check(version, reading, request)
        asked = {one.id: answer_to(one, dossier, version.procedure) for one in report.questions}
        if not asked or asked.keys() <= answers.keys():
            break
        answers = {**answers, **asked}
    return report
