"""Stand-ins around dossiers: a reader and a check that go by the words of a file. All invented."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from assistant.dossier.keeping import Keeping
from assistant.dossier.models import (
    AskedOption,
    AskedQuestion,
    CheckRequest,
    Evidence,
    FoundField,
    Outcome,
    Override,
    Paper,
    Report,
    RequirementVerdict,
    Verdict,
)
from assistant.dossier.service import Dossiers, PaperForm, PaperKind, Progress
from assistant.dossier.unread import unread_of
from assistant.dossier.vault import Vault
from ingest.reading.page import (
    Box,
    Flaw,
    Handed,
    Page,
    PageSource,
    Reading,
    Refusal,
    RefusalReason,
    Word,
)
from ingest.settings import ReadingSettings
from knowledge.catalog import Catalog, Version
from knowledge.sql import open_engine

SECRET = "Trần Thị Bịa Đặt"
NUMBER = "001099000011"


def _sheet() -> bytes:
    """A small blank sheet as a JPEG."""
    written = io.BytesIO()
    Image.new("RGB", (120, 170), "white").save(written, "JPEG")
    return written.getvalue()


SHEET = _sheet()


class Clock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **span: float) -> None:
        self.moment += timedelta(**span)


def read(files: Sequence[Handed], limits: ReadingSettings, progress: Progress | None) -> Reading:
    """Each line of a file is a page; `mờ` is blurred, a file that begins with `hỏng` is damaged."""
    pages: list[Page] = []
    refusals: list[Refusal] = []
    for handed in files:
        text = handed.content.decode()
        if text.startswith("hỏng"):
            refusals.append(Refusal(handed.name, RefusalReason.DAMAGED))
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if progress:
                progress(handed.name, "read", number)
            pages.append(page(handed.name, number, line))
    return Reading(tuple(pages), tuple(refusals))


def page(file: str, number: int, line: str) -> Page:
    """A page of one line."""
    box = Box(0.1, 0.1, 0.6, 0.15)
    words = tuple(Word(text, box, 0.9, 0) for text in line.split())
    flaws = (Flaw.BLURRED,) if "mờ" in line else ()
    return Page(file, number, PageSource.OCR, words, 0.9, flaws, picture=SHEET)


def check(
    version: Version, reading: Reading, request: CheckRequest, overrides: Sequence[Override]
) -> Report:
    """A paper is present when its name stands on a page; a question asks who comes."""
    pages = [page for page in reading.pages if not page.flaws]
    told = {one.requirement: one for one in overrides}
    found = [
        _verdict(path, requirement.name, pages, told)
        for path, case, requirement in version.procedure.requirements()
        if case.id in {"chung", request.case or request.answers.get("case")}
    ]
    missing = any(one.verdict is Verdict.MISSING for one in found)
    return Report(
        procedure=version.code,
        procedure_name=version.procedure.name,
        case=request.case,
        outcome=Outcome.INCOMPLETE if missing else Outcome.COMPLETE,
        requirements=tuple(found),
        questions=() if request.answers else (QUESTION,),
        papers=tuple(_paper(page) for page in pages),
        unread=unread_of(reading, request.language),
        summary="Còn thiếu." if missing else "Có đủ giấy tờ trong danh mục.",
        language=request.language,
        submitted_on=request.submitted_on,
    )


QUESTION = AskedQuestion(
    id="who",
    text="Bạn tự đi nộp hay nhờ người khác?",
    options=(AskedOption(value="self", label="Tự đi"), AskedOption(value="other", label="Nhờ")),
)


def _verdict(
    path: str, name: str, pages: Sequence[Page], told: dict[str, Override]
) -> RequirementVerdict:
    on = [one for one in pages if name.casefold() in one.text.casefold()]
    verdict = Verdict.PRESENT if on else Verdict.MISSING
    if path in told:
        verdict = told[path].verdict
    reason = f"Có ở {on[0].file}." if on else "Chưa thấy trong các tệp đã gửi."
    evidence = tuple(Evidence(file=p.file, page=p.number, box=(0.1, 0.1, 0.6, 0.15)) for p in on)
    return RequirementVerdict(
        id=path,
        name=name,
        verdict=verdict,
        reason=reason,
        evidence=evidence,
        legal_basis="1/2020/QH14",
    )


def _paper(page: Page) -> Paper:
    place = Evidence(file=page.file, page=page.number)
    field_ = FoundField(name="số", value="•••••••••011", evidence=place)
    return Paper(kind="form", title=page.text[:40], pages=(place,), fields=(field_,))


@dataclass
class FakePapers:
    """Papers of one line that say what was asked for."""

    asked: list[tuple[PaperKind, PaperForm, str]] = field(default_factory=list)

    def write(
        self, kind: PaperKind, form: PaperForm, report: Report, version: Version, reason: str
    ) -> bytes:
        self.asked.append((kind, form, reason))
        return f"{kind} {form} {report.outcome}".encode()


def dossiers_at(
    folder: Path, catalog: Catalog, clock: Clock | None = None, most: int = 20
) -> Dossiers:
    """A service on SQLite under `folder`, with the stand-ins above."""
    clock = clock or Clock()
    engine = open_engine(f"sqlite:///{folder / 'dossiers.db'}")
    vault = Vault.open(folder / "vault", "ab" * 32)
    keeping = Keeping(engine, vault, timedelta(hours=24), clock, most)
    return Dossiers(keeping, catalog, read, check, FakePapers(), ReadingSettings(), now=clock)
