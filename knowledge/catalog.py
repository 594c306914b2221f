"""The catalogue: procedures and all their versions in SQL. It is the truth; an index is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby, islice
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    Date,
    DateTime,
    Engine,
    Integer,
    Row,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.prepared import Prepared
from knowledge.procedure import Procedure
from knowledge.sql import Base, aware, lock_for_writing, open_engine, reading
from knowledge.text import folded


class Origin(StrEnum):
    """Who wrote a record. A curated one answers; the portal's is kept as its source."""

    CURATED = "curated"
    PORTAL = "portal"


class VersionRow(Base):
    """One version of one procedure from one origin; content is added, never rewritten."""

    __tablename__ = "procedure_versions"
    __table_args__ = (UniqueConstraint("code", "origin", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    folded_name: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text, index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    review: Mapped[str | None] = mapped_column(Text)


_REMEMBERED = 4096  # records of a process
_TABLE = VersionRow.__table__
_DATES = select(
    _TABLE.c.code,
    _TABLE.c.origin,
    _TABLE.c.valid_from,
    _TABLE.c.valid_to,
    _TABLE.c.content_hash,
).order_by(_TABLE.c.code, _TABLE.c.origin, _TABLE.c.number.desc())
_HISTORY = Prepared(  # every answer asks it
    select(_TABLE)
    .where(_TABLE.c.code == bindparam("code"))
    .order_by(_TABLE.c.origin, _TABLE.c.number.desc())
)


@dataclass(frozen=True)
class Version:
    """A stored version. `review` says why a person should look at it, None when nobody need."""

    code: str
    origin: Origin
    number: int
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    content_hash: str
    source_hash: str | None
    review: str | None
    body: str

    @cached_property
    def procedure(self) -> Procedure:
        """The record itself, parsed when first asked for."""
        return _parsed(self.body)


@lru_cache(maxsize=_REMEMBERED)
def _parsed(body: str) -> Procedure:
    """Records are frozen, so those people ask for often are parsed once."""
    return Procedure.model_validate_json(body)


@dataclass(frozen=True)
class _Dated:
    """As much of a version as decides whether it answers."""

    origin: str
    valid_from: date | None
    valid_to: date | None
    content_hash: str


class Change(StrEnum):
    """What adding a record did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class FieldDifference:
    """One field whose value differs between two versions; None where a side has no such field."""

    field: str
    before: Any
    after: Any


_D = TypeVar("_D", Version, _Dated)


class Catalog:
    """Reads and writes versions; safe for several processes at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = reading(engine)

    @classmethod
    def open(cls, url: str) -> Catalog:
        """Open the database at `url`, creating its tables; raises CatalogError."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def add(self, procedures: Iterable[Procedure], origin: Origin) -> list[Change]:
        """Store what is new, all or nothing; an unchanged record makes no version.

        When a portal record no longer is the one a curated record was written from, the curated
        version is marked for review.
        """
        batch = list(procedures)
        with Session(self._engine) as session, session.begin():
            lock_for_writing(session.connection())
            codes = {procedure.code for procedure in batch}
            latest = _latest_rows(session, codes)
            changes = [_store(session, latest, procedure, origin) for procedure in batch]
            _mark_for_review(latest)
        return changes

    def get(self, code: str, as_of: date | None = None) -> Version | None:
        """The version that answers on `as_of` (today when None); None when none was in force."""
        return _answering(self.history(code), as_of or datetime.now(UTC).date())

    def history(self, code: str) -> list[Version]:
        """All versions of `code`, curated before portal, newest first."""
        return [_version(row) for row in _HISTORY.rows(self._engine, {"code": code})]

    def current(self, as_of: date | None = None) -> Iterator[Version]:
        """The answering version of every code, ordered by code."""
        day = as_of or datetime.now(UTC).date()
        query = select(VersionRow).order_by(
            VersionRow.code, VersionRow.origin, VersionRow.number.desc()
        )
        with Session(self._reader) as session:
            group: list[Version] = []
            for row in session.scalars(query.execution_options(yield_per=500)):
                if group and group[0].code != row.code:
                    yield from filter(None, [_answering(group, day)])
                    group = []
                group.append(_version(row))
                session.expunge(row)
            yield from filter(None, [_answering(group, day)])

    def warm_up(self) -> None:
        """Parse the records that answer now, as many as are remembered; one that cannot be parsed
        is left to whoever asks for it."""
        for version in islice(self.current(), _REMEMBERED):
            with suppress(ValidationError):
                _parsed(version.body)

    def source_hashes(self, origin: Origin) -> dict[str, str]:
        """The source hash of the newest version of every code: what need not be parsed again."""
        query = (
            select(VersionRow.code, VersionRow.source_hash)
            .where(VersionRow.origin == origin.value, VersionRow.source_hash.is_not(None))
            .order_by(VersionRow.number)
        )
        with Session(self._reader) as session:
            return {code: found for code, found in session.execute(query) if found}

    def fingerprint(self, as_of: date | None = None) -> str:
        """SHA-256 over the answering versions: equal when an index of them would be equal."""
        day = as_of or datetime.now(UTC).date()
        digest = hashlib.sha256()
        with self._reader.connect() as connection:
            rows = connection.execute(_DATES)
            for code, versions in groupby(rows, key=lambda row: str(row.code)):
                if (found := _answering([_Dated(*row[1:]) for row in versions], day)) is not None:
                    digest.update(f"{code} {found.origin} {found.content_hash}\n".encode())
        return digest.hexdigest()

    def count(self) -> int:
        """How many codes are known."""
        with Session(self._reader) as session:
            return len(set(session.scalars(select(VersionRow.code).distinct())))


def diff(before: Procedure, after: Procedure) -> list[FieldDifference]:
    """Fields that differ, by path, in the order of the record."""
    ours, theirs = _leaves(before), _leaves(after)
    return [
        FieldDifference(path, ours.get(path), theirs.get(path))
        for path in dict.fromkeys([*ours, *theirs])
        if ours.get(path) != theirs.get(path)
    ]


def _leaves(procedure: Procedure) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{path}[{index}]")
        elif value is not None:
            found[path] = value

    walk(procedure.model_dump(mode="json"), "")
    return found


def _latest_rows(session: Session, codes: set[str]) -> dict[tuple[str, str], VersionRow]:
    rows: dict[tuple[str, str], VersionRow] = {}
    ordered = sorted(codes)
    for start in range(0, len(ordered), 500):  # databases bound the length of an IN list
        query = select(VersionRow).where(VersionRow.code.in_(ordered[start : start + 500]))
        for row in session.scalars(query.order_by(VersionRow.number)):
            rows[row.code, row.origin] = row
    return rows


def _store(
    session: Session,
    latest: dict[tuple[str, str], VersionRow],
    procedure: Procedure,
    origin: Origin,
) -> Change:
    before = latest.get((procedure.code, origin.value))
    content_hash = procedure.content_hash()
    if before is not None and before.content_hash == content_hash:
        _reread(before, procedure)
        return Change.UNCHANGED
    row = _row(procedure, origin, content_hash, before.number + 1 if before else 1)
    session.add(row)
    latest[procedure.code, origin.value] = row
    return Change.CHANGED if before else Change.ADDED


def _reread(row: VersionRow, procedure: Procedure) -> None:
    """The same content was read again: citations point to where and when it was read last."""
    if procedure.source:
        row.source_hash = procedure.source.sha256
        row.body = procedure.model_dump_json(exclude_defaults=True)


def _row(procedure: Procedure, origin: Origin, content_hash: str, number: int) -> VersionRow:
    source = procedure.source
    return VersionRow(
        code=procedure.code,
        origin=origin.value,
        number=number,
        name=procedure.name,
        folded_name=folded(procedure.name),
        field=procedure.field,
        content_hash=content_hash,
        source_hash=source.sha256 if source else None,
        body=procedure.model_dump_json(exclude_defaults=True),
        valid_from=procedure.effective_from or (source.retrieved_at if source else None),
        valid_to=procedure.effective_to,
        recorded_at=datetime.now(UTC),
        review=None,
    )


def _mark_for_review(latest: dict[tuple[str, str], VersionRow]) -> None:
    for (code, origin), curated in latest.items():
        portal = latest.get((code, Origin.PORTAL.value))
        if origin != Origin.CURATED.value or portal is None:
            continue
        moved_on = curated.source_hash != portal.source_hash
        curated.review = (
            f"Bản ghi ở cổng đã đổi (phiên bản {portal.number}) sau khi bản biên tập được viết"
            if moved_on
            else None
        )


def _version(row: VersionRow | Row[Any]) -> Version:
    recorded = row.recorded_at
    return Version(
        code=row.code,
        origin=Origin(row.origin),
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=aware(recorded),
        content_hash=row.content_hash,
        source_hash=row.source_hash,
        review=row.review,
        body=row.body,
    )


def _answering(versions: Sequence[_D], day: date) -> _D | None:
    """Curated before portal, newest first; what has been superseded by `day` does not answer.

    `versions` are those of one code, newest first within an origin.
    """
    for origin in Origin:
        begun = (v for v in versions if v.origin == origin and (v.valid_from or day) <= day)
        newest = next(begun, None)
        if newest is not None and (newest.valid_to is None or day <= newest.valid_to):
            return newest
    return None
