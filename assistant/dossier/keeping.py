"""Keeps dossiers: rows in SQL, files and readings in the vault, each for a stated time."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from assistant.dossier.models import Override, Report
from assistant.dossier.store import DossierFileRow, DossierRow, ErasureRow, OverrideRow
from assistant.dossier.vault import Chest, Vault
from assistant.errors import DossierNotFound, TooManyDossiers, VaultError
from assistant.redaction import redact
from ingest.reading.page import Handed, Page, Reading
from knowledge.sql import aware
from knowledge.sql import reading as reading_only

_READING = TypeAdapter(Reading)
_STRAY = timedelta(hours=1)
_ID = re.compile(r"[0-9a-f]{32}")
_NOT_HERE = "Không có hồ sơ này, hoặc hồ sơ đã được xóa."


class FileBody(BaseModel):
    """What is known of a handed-in file. `replaces` is the page (file, number) it stands for."""

    model_config = ConfigDict(frozen=True)

    name: str
    digest: str
    size: int
    pages: int
    replaces: tuple[str, int] | None = None


@dataclass(frozen=True)
class KeptFile:
    """A kept file: its key in the chest and what is known of it."""

    key: str
    body: FileBody


@dataclass(frozen=True)
class Opened:
    """A dossier with its chest open; `expires_at` is when it erases itself."""

    id: str
    code: str
    case: str | None
    chest: Chest = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Erasure:
    """A receipt: what was erased, how many, when, and the number to ask about it by."""

    id: str
    dossiers: int
    files: int
    pages: int
    at: datetime


class Keeping:
    """Opens, fills and erases dossiers; safe for several threads and processes."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        retention: timedelta,
        now: Callable[[], datetime],
        most: int = 20,
    ) -> None:
        self._engine = engine
        self._reader = reading_only(engine)
        self._vault = vault
        self.retention = retention
        self._now = now
        self._most = most  # dossiers of one owner at a time

    def open(self, owner: str, code: str, case: str | None) -> str:
        """A new, empty dossier; raises TooManyDossiers when the owner has too many."""
        if self._count(owner) >= self._most:
            raise TooManyDossiers(self._most)
        self._vault.refuse_when_full()
        name, now = secrets.token_hex(16), self._now()
        _, wrapped = self._vault.new_chest(name)
        row = DossierRow(
            id=name,
            owner=_hashed(owner),
            code=code,
            case=case,
            chest=wrapped,
            opened_at=now,
            expires_at=now + self.retention,
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
        return name

    def _count(self, owner: str) -> int:
        query = select(func.count()).where(
            DossierRow.owner == _hashed(owner), DossierRow.expires_at > self._now()
        )
        with Session(self._reader) as session:
            return session.scalar(query) or 0

    def of(self, dossier: str, owner: str | None) -> Opened:
        """The dossier, if it is this owner's (None: an officer's view); raises DossierNotFound."""
        if not _ID.fullmatch(dossier):
            raise DossierNotFound(_NOT_HERE)
        with Session(self._reader) as session:
            return self._opened(session, dossier, owner)

    def latest(self, owner: str, code: str) -> str | None:
        """The owner's newest dossier of a procedure that is still kept."""
        query = (
            select(DossierRow.id)
            .where(
                DossierRow.owner == _hashed(owner),
                DossierRow.code == code,
                DossierRow.expires_at > self._now(),
            )
            .order_by(DossierRow.opened_at.desc())
            .limit(1)
        )
        with Session(self._reader) as session:
            return session.scalar(query)

    def files(self, opened: Opened) -> tuple[KeptFile, ...]:
        """The files in the order in which they were handed in."""
        query = (
            select(DossierFileRow)
            .where(DossierFileRow.dossier == opened.id)
            .order_by(DossierFileRow.id)
        )
        with Session(self._reader) as session:
            return tuple(_kept(opened.chest, row) for row in session.scalars(query))

    def keep(self, opened: Opened, handed: Handed, read: Reading, body: FileBody) -> KeptFile:
        """Seal a file with its reading. A file that was refused leaves only why."""
        key, chest = secrets.token_hex(16), opened.chest
        with Session(self._engine) as session, session.begin():
            # Erased meanwhile: then nothing of it may come back.
            row = self._row(session, opened.id, lock=True)
            if read.pages:
                chest.put(f"{key}.file", handed.content)
            for number, page in enumerate(read.pages):
                if page.picture:
                    chest.put(f"{key}.{number}", page.picture)
            plain = replace(read, pages=tuple(replace(p, picture=None) for p in read.pages))
            chest.put(f"{key}.reading", _READING.dump_json(plain))
            sealed = chest.seal(body.model_dump_json().encode(), key)
            session.add(DossierFileRow(dossier=opened.id, key=key, body=sealed))
            row.expires_at = self._now() + self.retention
        return KeptFile(key, body)

    def read(self, opened: Opened, files: Sequence[KeptFile]) -> Reading:
        """What was read of the files; a page with a better photo gives way to it."""
        readings = {file.key: self._reading(opened, file) for file in files}
        better = {file.body.replaces: file.key for file in files if file.body.replaces}
        pages: list[Page] = []
        placed: set[str] = set()
        for file in files:
            if file.key in placed:
                continue
            for page in readings[file.key].pages:
                instead = better.get((page.file, page.number))
                placed |= {instead} if instead else set()
                pages += readings[instead].pages if instead else (page,)
        kept = [file.key for file in files]
        return Reading(
            _without_doubles(pages), tuple(r for key in kept for r in readings[key].refusals)
        )

    def picture(self, opened: Opened, name: str, number: int) -> bytes:
        """The picture of a page; raises DossierNotFound when there is none."""
        for file in self.files(opened):
            for index, page in enumerate(self._reading(opened, file).pages):
                if (page.file, page.number) == (name, number):
                    return opened.chest.get(f"{file.key}.{index}")
        raise DossierNotFound(_NOT_HERE)

    def drop(self, opened: Opened, file: KeptFile) -> None:
        """Erase one file and what was read of it."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(DossierFileRow).where(DossierFileRow.key == file.key))
        for name in ("file", "reading", *map(str, range(file.body.pages))):
            opened.chest.drop(f"{file.key}.{name}")

    def answer(self, opened: Opened, answers: Mapping[str, str], case: str | None) -> None:
        """Remember answers to questions, sealed, and the case they decided."""
        sealed = opened.chest.seal(json.dumps(dict(answers)).encode(), "answers")
        with Session(self._engine) as session, session.begin():
            row = self._row(session, opened.id, lock=True)
            row.answers, row.case = sealed, case

    def override(self, opened: Opened, override: Override, report: Report) -> None:
        """Keep an officer's verdict beside what the check had said."""
        checked = next(r.verdict for r in report.requirements if r.id == override.requirement)
        row = OverrideRow(
            dossier=opened.id,
            code=report.procedure,
            case=report.case,
            requirement=override.requirement,
            verdict=override.verdict.value,
            checked=checked.value,
            papers=" ".join(sorted({paper.kind for paper in report.papers})),
            reason=redact(override.reason),
            officer=override.officer,
            at=override.at,
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)

    def overrides(self, dossier: str | None = None) -> list[OverrideRow]:
        """Overrides of one dossier, or of all there ever were; oldest first."""
        query = select(OverrideRow).order_by(OverrideRow.id)
        if dossier is not None:
            query = query.where(OverrideRow.dossier == dossier)
        with Session(self._reader, expire_on_commit=False) as session:
            return list(session.scalars(query))

    def erase(self, dossiers: Sequence[str]) -> Erasure:
        """Erase dossiers with all that came of them; the receipt names nobody."""
        with Session(self._engine) as session, session.begin():
            receipt = self._erase_rows(session, dossiers)
        for dossier in dossiers:
            self._vault.destroy(dossier)
        return receipt

    def of_owner(self, owner: str) -> list[str]:
        """Every dossier of an owner."""
        with Session(self._reader) as session:
            query = select(DossierRow.id).where(DossierRow.owner == _hashed(owner))
            return list(session.scalars(query))

    def expired(self) -> list[str]:
        """Dossiers whose time is over."""
        with Session(self._reader) as session:
            query = select(DossierRow.id).where(DossierRow.expires_at <= self._now())
            return list(session.scalars(query))

    def sweep_strays(self) -> None:
        """Remove files that no row knows, such as a killed process leaves."""
        with Session(self._reader) as session:
            known = set(session.scalars(select(DossierRow.id)))
        self._vault.destroy_strays(known, datetime.now(UTC) - _STRAY)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _row(self, session: Session, dossier: str, *, lock: bool = False) -> DossierRow:
        row = session.get(DossierRow, dossier, with_for_update=lock)
        if row is None or aware(row.expires_at) <= self._now():
            raise DossierNotFound(_NOT_HERE)
        return row

    def _opened(self, session: Session, dossier: str, owner: str | None) -> Opened:
        row = self._row(session, dossier)
        if owner is not None and not secrets.compare_digest(row.owner, _hashed(owner)):
            raise DossierNotFound(_NOT_HERE)
        chest = self._vault.chest(row.id, row.chest)
        answers = json.loads(chest.unseal(row.answers, "answers")) if row.answers else {}
        return Opened(row.id, row.code, row.case, chest, answers, aware(row.expires_at))

    def _reading(self, opened: Opened, file: KeptFile) -> Reading:
        return _READING.validate_json(opened.chest.get(f"{file.key}.reading"))

    def _erase_rows(self, session: Session, dossiers: Sequence[str]) -> Erasure:
        files = pages = count = 0
        for dossier in dossiers:
            row = session.get(DossierRow, dossier, with_for_update=True)
            if row is None:
                continue
            found, read = self._counted(session, row)
            count, files, pages = count + 1, files + found, pages + read
            session.execute(delete(DossierFileRow).where(DossierFileRow.dossier == dossier))
            cut = update(OverrideRow).where(OverrideRow.dossier == dossier).values(dossier=None)
            session.execute(cut)
            session.delete(row)
        receipt = Erasure(secrets.token_hex(8), count, files, pages, self._now())
        if count:
            session.add(ErasureRow(**vars(receipt)))
        return receipt

    def _counted(self, session: Session, row: DossierRow) -> tuple[int, int]:
        """Files, and pages as far as they can still be counted: a lost key must not stop this."""
        of_it = DossierFileRow.dossier == row.id
        try:
            chest = self._vault.chest(row.id, row.chest)
            kept = [
                _kept(chest, file) for file in session.scalars(select(DossierFileRow).where(of_it))
            ]
        except VaultError:
            return session.scalar(select(func.count()).where(of_it)) or 0, 0
        return len(kept), sum(file.body.pages for file in kept)


def _kept(chest: Chest, row: DossierFileRow) -> KeptFile:
    return KeptFile(row.key, FileBody.model_validate_json(chest.unseal(row.body, row.key)))


def _without_doubles(pages: Sequence[Page]) -> tuple[Page, ...]:
    return tuple({(page.file, page.number): page for page in pages}.values())


def _hashed(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()
