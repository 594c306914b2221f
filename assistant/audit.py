"""The audit: who handed what to whom, in rows that are only ever added and chained by hash.

Each row's hash covers its own words and the hash of the row before, so that a row edited, removed
or put between is found by `verify`. No row holds words of a question or numbers of a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, Integer, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.mapped import Base
from knowledge.sql import SqlStore, aware

_FIRST = "0" * 64


class AuditRow(Base):
    """One event. `key` is given when the same event may be reported twice."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), index=True)
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Event:
    """What happened: `actor` did `action` to `subject`; `details` are codes and counts."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, str | int] | None = None
    key: str | None = None


@dataclass(frozen=True)
class Entry:
    """A stored event with its number in the chain."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, str | int]


@dataclass(frozen=True)
class Broken:
    """The first row at which the chain does not hold, and what is wrong with it."""

    number: int
    problem: str


def append(session: Session, event: Event, at: datetime) -> None:
    """Add an event within the caller's transaction, so that it stands if and only if the deed does.

    An event whose key stands already is not added again. Writers wait for each other: a chain has
    one end.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(6832)"))
    if event.key and session.scalar(select(AuditRow.id).where(AuditRow.key == event.key)):
        return
    last = session.scalar(select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1))
    body = json.dumps(dict(event.details or {}), ensure_ascii=False, sort_keys=True)
    row = AuditRow(
        key=event.key,
        at=at.replace(microsecond=0),
        actor=event.actor,
        action=event.action,
        subject=event.subject,
        body=body,
        previous=last or _FIRST,
    )
    row.hash = _hash(row)
    session.add(row)
    session.flush()


class Audit(SqlStore):
    """Reads and verifies the chain; safe for several processes at once."""

    def add(self, event: Event) -> None:
        """Add an event in a transaction of its own."""
        with Session(self._engine) as session, session.begin():
            append(session, event, self._now())

    def entries(self, subject: str | None = None) -> list[Entry]:
        """The events, oldest first; those of one subject when it is given."""
        query = select(AuditRow).order_by(AuditRow.id)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with Session(self._reader) as session:
            return [_entry(row) for row in session.scalars(query)]

    def verify(self) -> Broken | None:
        """The first broken row; None when the whole chain holds. Rows cut off at the end cannot be
        seen from the chain alone: compare `head` with one noted elsewhere."""
        with Session(self._reader) as session:
            return _first_broken(iter(session.scalars(select(AuditRow).order_by(AuditRow.id))))

    def head(self) -> tuple[int, str]:
        """How many rows stand and the hash of the last: worth noting outside the database."""
        query = select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc())
        with Session(self._reader) as session:
            rows = session.execute(query).all()
        return len(rows), str(rows[0][1]) if rows else _FIRST

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _first_broken(rows: Iterator[AuditRow]) -> Broken | None:
    before = _FIRST
    for row in rows:
        if row.previous != before:
            return Broken(row.id, "a row before it was removed, added or edited")
        if row.hash != _hash(row):
            return Broken(row.id, "it was edited after it was written")
        before = row.hash
    return None


def _hash(row: AuditRow) -> str:
    """Over all columns but the number, as JSON, so that no two rows read alike."""
    at = aware(row.at)
    parts = [row.key, at.astimezone(UTC).isoformat(), row.actor, row.action, row.subject, row.body]
    return hashlib.sha256(json.dumps([*parts, row.previous]).encode()).hexdigest()


def _entry(row: AuditRow) -> Entry:
    at = aware(row.at)
    return Entry(row.id, at, row.actor, row.action, row.subject, json.loads(row.body))
