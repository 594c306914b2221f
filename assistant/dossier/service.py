"""Dossiers for front ends: open, hand in, check, write papers, erase. Strangers find nothing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import Literal, Protocol

from pydantic import ValidationError

from assistant.dossier.keeping import Erasure, FileBody, Keeping, KeptFile, Opened
from assistant.dossier.models import CheckRequest, Override, Report, Verdict
from assistant.errors import DossierError, DossierNotFound
from assistant.models import Language
from ingest.reading.page import Handed, Reading, Refusal, RefusalReason
from ingest.settings import ReadingSettings
from knowledge.catalog import Catalog, Version
from knowledge.procedure import CODE_PATTERN

__all__ = ["Added", "Dossiers", "Erasure", "PaperForm", "PaperKind", "Progress", "View"]

Progress = Callable[[str, str, int], None]  # file, stage, page
PaperKind = Literal["supplement", "receipt", "rejection"]
PaperForm = Literal["pdf", "docx"]
VIETNAM = timezone(timedelta(hours=7))
_SWEEP = timedelta(minutes=10)
_AT_ONCE = 2  # dossiers read at the same time; each may use several workers


class Read(Protocol):
    """`ingest.reading.reading.read_files`."""

    def __call__(
        self, files: Sequence[Handed], limits: ReadingSettings, progress: Progress | None
    ) -> Reading: ...


Check = Callable[[Version, Reading, CheckRequest, Sequence[Override]], Report]


class Papers(Protocol):
    """Writes the papers that go out; `assistant.dossier.slip.PaperWriter` is the real one."""

    def write(
        self, kind: PaperKind, form: PaperForm, report: Report, version: Version, reason: str
    ) -> bytes: ...


@dataclass(frozen=True)
class View:
    """What an owner sees of a dossier beside its report."""

    id: str
    code: str
    case: str | None
    files: tuple[FileBody, ...]
    answers: Mapping[str, str] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Added:
    """What became of files handed in: those kept, and those turned away with the reason."""

    files: tuple[FileBody, ...]
    refusals: tuple[Refusal, ...]


class Dossiers:
    """Everything around the check; thread-safe. An owner is a random id that a front end makes;
    only its hash is kept, and whoever does not know it gets DossierNotFound."""

    def __init__(
        self,
        keeping: Keeping,
        catalog: Catalog,
        read: Read,
        check: Check,
        papers: Papers,
        limits: ReadingSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keeping = keeping
        self._catalog = catalog
        self._read = read
        self._check = check
        self._papers = papers
        self.limits = limits
        self._now = now
        self._reading = threading.BoundedSemaphore(_AT_ONCE)
        self._swept = datetime.min.replace(tzinfo=UTC)

    @property
    def hours(self) -> float:
        """How long a dossier is kept after its last file."""
        return self._keeping.retention / timedelta(hours=1)

    def open(self, owner: str, code: str, case: str | None = None) -> str:
        """A new dossier for a procedure; its id. Raises DossierError for an unknown procedure."""
        self._sweep_now_and_then()
        version = self._version(code)
        if case is not None and case not in {one.id for one in version.procedure.cases}:
            raise DossierError(f"Thủ tục {code} không có trường hợp {case}.")
        return self._keeping.open(owner, code, case)

    def latest(self, owner: str, code: str) -> str | None:
        """The owner's newest dossier of a procedure that is still kept."""
        return self._keeping.latest(owner, code)

    def look(self, dossier: str, owner: str) -> View:
        """Files, answers and the end of the dossier's time."""
        opened = self._keeping.of(dossier, owner)
        files = tuple(file.body for file in self._keeping.files(opened))
        return View(opened.id, opened.code, opened.case, files, opened.answers, opened.expires_at)

    def add(
        self,
        dossier: str,
        owner: str,
        files: Sequence[Handed],
        progress: Progress | None = None,
        replaces: tuple[str, int] | None = None,
    ) -> Added:
        """Read and keep files. A file that lies there already is left alone, one with a name that
        is taken gets a number. `replaces` (file, page) says that the first of `files` is a better
        photo of that page."""
        opened = self._keeping.of(dossier, owner)
        kept, refusals = [], []
        for handed in files:
            done = self._add(opened, handed, progress, replaces)
            replaces = None
            kept += [done] if isinstance(done, FileBody) else []
            refusals += [done] if isinstance(done, Refusal) else []
        return Added(tuple(kept), tuple(refusals))

    def remove(self, dossier: str, owner: str, file: str) -> None:
        """Erase one file by its name; raises DossierNotFound when there is none."""
        opened = self._keeping.of(dossier, owner)
        for kept in self._keeping.files(opened):
            if kept.body.name == file:
                return self._keeping.drop(opened, kept)
        raise DossierNotFound(f"Hồ sơ không có tệp {file}.")

    def check(
        self,
        dossier: str,
        owner: str,
        answers: Mapping[str, str] | None = None,
        language: Language = "vi",
    ) -> Report:
        """One verdict for each required paper. Answers are remembered for the next check."""
        opened = self._keeping.of(dossier, owner)
        if answers:
            self._keeping.answer(opened, {**opened.answers, **answers}, opened.case)
            opened = self._keeping.of(dossier, owner)
        return self._report(opened, language)

    def page_picture(self, dossier: str, owner: str, file: str, page: int) -> bytes:
        """The upright page as a JPEG."""
        return self._keeping.picture(self._keeping.of(dossier, owner), file, page)

    def override(
        self, dossier: str, officer: str, requirement: str, verdict: Verdict, reason: str
    ) -> Report:
        """An officer's other verdict, kept with who, when and why; the report as it is then."""
        opened = self._keeping.of(dossier, None)
        report = self._report(opened, "vi")
        if requirement not in {one.id for one in report.requirements}:
            raise DossierError(f"Hồ sơ này không có thành phần {requirement}.")
        try:
            override = Override(
                requirement=requirement,
                verdict=verdict,
                reason=reason.strip(),
                officer=officer,
                at=self._now(),
            )
        except ValidationError as error:
            raise DossierError("Cần ghi lý do (từ 3 đến 1.000 ký tự).") from error
        self._keeping.override(opened, override, report)
        return self._report(opened, "vi")

    def paper_out(
        self,
        dossier: str,
        owner: str,
        kind: PaperKind,
        form: PaperForm,
        reason: str = "",
    ) -> bytes:
        """A paper that goes out, in Vietnamese; `reason` is for the rejection slip. Raises
        PaperError when the dossier's state does not allow it or a program is missing."""
        opened = self._keeping.of(dossier, owner)
        report = self._report(opened, "vi")
        return self._papers.write(kind, form, report, self._version(opened.code), reason)

    def erase(self, dossier: str, owner: str) -> Erasure:
        """Erase one dossier, with everything that came of it."""
        return self._keeping.erase([self._keeping.of(dossier, owner).id])

    def erase_all(self, owner: str) -> Erasure:
        """Erase every dossier of an owner; the receipt counts zero when there was none."""
        return self._keeping.erase(self._keeping.of_owner(owner))

    def sweep(self) -> Erasure:
        """Erase what is past its time, and files that a killed process left."""
        receipt = self._keeping.erase(self._keeping.expired())
        self._keeping.sweep_strays()
        return receipt

    def overrides(self) -> list[dict[str, object]]:
        """Every override as an evaluation case: what was checked, what an officer said, why."""
        return [
            {
                "id": f"override-{row.id}",
                "procedure": row.code,
                "case": row.case,
                "requirement": row.requirement,
                "papers": row.papers.split(),
                "checked": row.checked,
                "expected": row.verdict,
                "reason": row.reason,
                "officer": row.officer,
                "at": row.at.isoformat(),
            }
            for row in self._keeping.overrides()
        ]

    def close(self) -> None:
        """Give the connections back."""
        self._keeping.close()

    def _add(
        self,
        opened: Opened,
        handed: Handed,
        progress: Progress | None,
        replaces: tuple[str, int] | None,
    ) -> FileBody | Refusal:
        files = self._keeping.files(opened)
        digest = hashlib.sha256(handed.content).hexdigest()
        for known in files:
            if known.body.digest == digest:
                return known.body
        if full := self._full(files):
            return Refusal(handed.name, *full)
        handed = Handed(_free_name(handed.name, {file.body.name for file in files}), handed.content)
        with self._reading:
            read = self._read([handed], self._limits_left(files), progress)
        body = FileBody(
            name=handed.name,
            digest=digest,
            size=len(handed.content),
            pages=len(read.pages),
            replaces=replaces,
        )
        return self._keeping.keep(opened, handed, read, body).body

    def _full(self, files: Sequence[KeptFile]) -> tuple[RefusalReason, dict[str, str]] | None:
        """Why no further file fits, if so."""
        if len(files) >= self.limits.files:
            return RefusalReason.TOO_MANY_FILES, {"limit": str(self.limits.files)}
        if _pages(files) >= self.limits.pages:
            return RefusalReason.TOO_MANY_PAGES, {"limit": str(self.limits.pages)}
        return None

    def _limits_left(self, files: Sequence[KeptFile]) -> ReadingSettings:
        """The limits less the pages that the dossier holds already."""
        return self.limits.model_copy(update={"pages": self.limits.pages - _pages(files)})

    def _report(self, opened: Opened, language: Language) -> Report:
        files = self._keeping.files(opened)
        request = CheckRequest(
            code=opened.code,
            case=opened.case,
            answers=dict(opened.answers),
            submitted_on=self._now().astimezone(VIETNAM).date(),
            language=language,
        )
        overrides = [
            Override(
                requirement=row.requirement,
                verdict=Verdict(row.verdict),
                reason=row.reason,
                officer=row.officer,
                at=row.at,
            )
            for row in self._keeping.overrides(opened.id)
        ]
        reading = self._keeping.read(opened, files)
        return self._check(self._version(opened.code), reading, request, overrides)

    def _version(self, code: str) -> Version:
        version = self._catalog.get(code) if CODE_PATTERN.fullmatch(code) else None
        if version is None:
            raise DossierError(f"Không có thủ tục mã {code[:40]}.")
        return version

    def _sweep_now_and_then(self) -> None:
        now = self._now()
        if now - self._swept > _SWEEP:
            self._swept = now
            self.sweep()


def _pages(files: Sequence[KeptFile]) -> int:
    return sum(file.body.pages for file in files)


def _free_name(name: str, taken: set[str]) -> str:
    """The name without its folders; phones call every photo image.jpg, so a number may follow."""
    shown = "".join(letter for letter in name if letter.isprintable()).replace("\\", "/")
    plain = PurePosixPath(shown).name[:200] or "tep"
    stem, suffix = PurePosixPath(plain).stem, PurePosixPath(plain).suffix
    number, free = 1, plain
    while free in taken:
        number += 1
        free = f"{stem} ({number}){suffix}"
    return free
