"""What people asked to be told of: a procedure that changes, the day to come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from bots.telegram.rows import DueRow, SavedRow
from knowledge.sql import reading

MOST_SAVED = 50


@dataclass(frozen=True)
class Saved:
    """A procedure that a chat saved, with the content it knows of."""

    chat: int
    code: str
    content_hash: str


@dataclass(frozen=True)
class DueDay:
    """A day on which a chat's receipt says to come back."""

    chat: int
    due_on: date


class Reminders:
    """Rows of reminders; each is opted into and erased with the chat."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._reader = reading(engine)
        self._now = now

    def save(self, chat: int, code: str, content_hash: str) -> bool:
        """Tell this chat when the procedure changes; False when it follows too many already."""
        with Session(self._engine) as session, session.begin():
            mine = select(SavedRow).where(SavedRow.chat == chat)
            row = session.scalar(mine.where(SavedRow.code == code))
            if row is not None:
                return True
            count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
            if count >= MOST_SAVED:
                return False
            session.add(SavedRow(chat=chat, code=code, content_hash=content_hash, at=self._now()))
            return True

    def drop(self, chat: int, code: str) -> None:
        """Tell this chat no more of the procedure."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SavedRow).where(SavedRow.chat == chat, SavedRow.code == code))

    def saved(self) -> list[Saved]:
        """Everything that was saved, by code."""
        with Session(self._reader) as session:
            rows = session.scalars(select(SavedRow).order_by(SavedRow.code, SavedRow.id))
            return [Saved(row.chat, row.code, row.content_hash) for row in rows]

    def told_change(self, saved: Saved, content_hash: str) -> None:
        """The chat knows of this content now."""
        with Session(self._engine) as session, session.begin():
            chosen = (SavedRow.chat == saved.chat) & (SavedRow.code == saved.code)
            row = session.scalar(select(SavedRow).where(chosen))
            if row is not None:
                row.content_hash = content_hash

    def remind(self, chat: int, due_on: date) -> None:
        """Tell this chat the day before `due_on`."""
        with Session(self._engine) as session, session.begin():
            mine = select(DueRow).where(DueRow.chat == chat, DueRow.due_on == due_on)
            if session.scalar(mine) is None:
                session.add(DueRow(chat=chat, due_on=due_on, told=False, at=self._now()))

    def due(self, until: date) -> list[DueDay]:
        """Days up to `until` that were not told yet."""
        query = select(DueRow).where(DueRow.due_on <= until, DueRow.told.is_(False))
        with Session(self._reader) as session:
            rows = session.scalars(query.order_by(DueRow.id))
            return [DueDay(row.chat, row.due_on) for row in rows]

    def told_day(self, day: DueDay) -> None:
        """The chat was told; the row goes with the day."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(DueRow).where(DueRow.due_on < day.due_on, DueRow.told))
            chosen = (DueRow.chat == day.chat) & (DueRow.due_on == day.due_on)
            row = session.scalar(select(DueRow).where(chosen))
            if row is not None:
                row.told = True
