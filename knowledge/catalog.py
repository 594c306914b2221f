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
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)

from knowledge.prepared import Prepared
from knowledge.procedure import Procedure
from knowledge.sql import METADATA, aware, lock_for_writing, open_engine, reading
from knowledge.text import folded


class Origin(StrEnum):
    """Who wrote a record. A curated one answers; the portal's is kept as its source."""

    CURATED = "curated"
    PORTAL = "portal"


# One version of one procedure from one origin; content is added, never rewritten.
VERSIONS = Table(
    "procedure_versions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("origin", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False),
    Column("field", Text, nullable=False, index=True),
    Column("content_hash", String(64), nullable=False),
    Column("source_hash", String(64)),
    Column("body", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("review", Text),
    UniqueConstraint("code", "origin", "number"),
)

_MOVED_ON = "Bản ghi ở cổng đã đổi (phiên bản {number}) sau khi bản biên tập được viết"
_REMEMBERED = 4096  # records of a process
_DATES = select(
    VERSIONS.c.code,
    VERSIONS.c.origin,
    VERSIONS.c.valid_from,
    VERSIONS.c.valid_to,
    VERSIONS.c.content_hash,
).order_by(VERSIONS.c.code, VERSIONS.c.origin, VERSIONS.c.number.desc())
_ALL = select(VERSIONS).order_by(VERSIONS.c.code, VERSIONS.c.origin, VERSIONS.c.number.desc())
_KNOWN = Prepared(select(VERSIONS.c.code).where(VERSIONS.c.code == bindparam("code")).limit(1))
_HISTORY = Prepared(  # every answer asks it
    select(VERSIONS)
    .where(VERSIONS.c.code == bindparam("code"))
    .order_by(VERSIONS.c.origin, VERSIONS.c.number.desc())
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
        return _parsed(_Body(self.body))


class _Body:
    """A record's text, which is let go once it is parsed: all of them take thirty megabytes. Two
    are the same when length and hash are; chance makes that of two others once in 10 ** 19."""

    __slots__ = ("_key", "_text")

    def __init__(self, text: str) -> None:
        self._key = hash(text), len(text)
        self._text = text

    def taken(self) -> str:
        """The text, given once."""
        text, self._text = self._text, ""
        return text

    def __hash__(self) -> int:
        return self._key[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Body) and self._key == other._key


@lru_cache(maxsize=_REMEMBERED)
def _parsed(body: _Body) -> Procedure:
    """Records are frozen, so those people ask for often are parsed once."""
    return Procedure.model_validate_json(body.taken())


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
_Row = dict[str, Any]  # of VERSIONS, by column; one that is stored has an id


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
        """Give the connections back; whoever uses it again opens new ones."""
        self._engine.dispose()

    def add(self, procedures: Iterable[Procedure], origin: Origin) -> list[Change]:
        """Store what is new, all or nothing; an unchanged record makes no version.

        When a portal record no longer is the one a curated record was written from, the curated
        version is marked for review.
        """
        batch = list(procedures)
        with self._engine.begin() as connection:
            lock_for_writing(connection)
            latest = _latest_rows(connection, {procedure.code for procedure in batch})
            stored = [(row, dict(row)) for row in latest.values()]
            added: list[_Row] = []
            changes = [_store(added, latest, procedure, origin) for procedure in batch]
            _mark_for_review(latest)
            _write(connection, added, [row for row, before in stored if row != before])
        return changes

    def get(self, code: str, as_of: date | None = None) -> Version | None:
        """The version that answers on `as_of` (today when None); None when none was in force."""
        return _answering(self.history(code), as_of or datetime.now(UTC).date())

    def history(self, code: str) -> list[Version]:
        """All versions of `code`, curated before portal, newest first."""
        return [_version(row) for row in _HISTORY.rows(self._engine, {"code": code})]

    def knows(self, code: str) -> bool:
        """Whether there is any version of `code`."""
        return bool(_KNOWN.rows(self._engine, {"code": code}))

    def current(self, as_of: date | None = None) -> Iterator[Version]:
        """The answering version of every code, ordered by code."""
        day = as_of or datetime.now(UTC).date()
        with self._reader.connect() as connection:
            rows = connection.execution_options(yield_per=500).execute(_ALL)
            for _, group in groupby(map(_version, rows), key=lambda version: version.code):
                yield from filter(None, [_answering(list(group), day)])

    def warm_up(self) -> None:
        """Parse the records that answer now, as many as are remembered; one that cannot be parsed
        is left to whoever asks for it."""
        for version in islice(self.current(), _REMEMBERED):
            with suppress(ValidationError):
                _parsed(_Body(version.body))

    def source_hashes(self, origin: Origin) -> dict[str, str]:
        """The source hash of the newest version of every code: what need not be parsed again."""
        query = (
            select(VERSIONS.c.code, VERSIONS.c.source_hash)
            .where(VERSIONS.c.origin == origin.value, VERSIONS.c.source_hash.is_not(None))
            .order_by(VERSIONS.c.number)
        )
        with self._reader.connect() as connection:
            return {code: found for code, found in connection.execute(query) if found}

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
        with self._reader.connect() as connection:
            return len(set(connection.scalars(select(VERSIONS.c.code).distinct())))


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


def _latest_rows(connection: Connection, codes: set[str]) -> dict[tuple[str, str], _Row]:
    rows: dict[tuple[str, str], _Row] = {}
    ordered = sorted(codes)
    for start in range(0, len(ordered), 500):  # databases bound the length of an IN list
        query = select(VERSIONS).where(VERSIONS.c.code.in_(ordered[start : start + 500]))
        for row in connection.execute(query.order_by(VERSIONS.c.number)).mappings():
            rows[row["code"], row["origin"]] = dict(row)
    return rows


def _store(
    added: list[_Row],
    latest: dict[tuple[str, str], _Row],
    procedure: Procedure,
    origin: Origin,
) -> Change:
    before = latest.get((procedure.code, origin.value))
    content_hash = procedure.content_hash()
    if before is not None and before["content_hash"] == content_hash:
        _reread(before, procedure)
        return Change.UNCHANGED
    row = _row(procedure, origin, content_hash, before["number"] + 1 if before else 1)
    added.append(row)
    latest[procedure.code, origin.value] = row
    return Change.CHANGED if before else Change.ADDED


def _reread(row: _Row, procedure: Procedure) -> None:
    """The same content was read again: citations point to where and when it was read last."""
    if procedure.source:
        row["source_hash"] = procedure.source.sha256
        row["body"] = procedure.model_dump_json(exclude_defaults=True)


def _row(procedure: Procedure, origin: Origin, content_hash: str, number: int) -> _Row:
    source = procedure.source
    return {
        "code": procedure.code,
        "origin": origin.value,
        "number": number,
        "name": procedure.name,
        "folded_name": folded(procedure.name),
        "field": procedure.field,
        "content_hash": content_hash,
        "source_hash": source.sha256 if source else None,
        "body": procedure.model_dump_json(exclude_defaults=True),
        "valid_from": procedure.effective_from or (source.retrieved_at if source else None),
        "valid_to": procedure.effective_to,
        "recorded_at": datetime.now(UTC),
        "review": None,
    }


def _write(connection: Connection, added: Sequence[_Row], changed: Sequence[_Row]) -> None:
    if added:
        connection.execute(insert(VERSIONS), added)
    for row in changed:
        values = {name: row[name] for name in ("source_hash", "body", "review")}
        connection.execute(update(VERSIONS).where(VERSIONS.c.id == row["id"]).values(values))


def _mark_for_review(latest: dict[tuple[str, str], _Row]) -> None:
    for (code, origin), curated in latest.items():
        portal = latest.get((code, Origin.PORTAL.value))
        if origin != Origin.CURATED.value or portal is None:
            continue
        moved_on = curated["source_hash"] != portal["source_hash"]
        curated["review"] = _MOVED_ON.format(number=portal["number"]) if moved_on else None


def _version(row: Row[Any]) -> Version:
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
