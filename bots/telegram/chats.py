"""What is remembered of a chat: language, consent, and what its next message is waited for as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Engine, bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.models import Language
from bots.telegram.rows import (
    ChatDossierRow,
    ChatRow,
    ChecklistRow,
    DueRow,
    ExchangeRow,
    PageRow,
    SavedRow,
    TapRow,
)
from knowledge.prepared import Prepared
from knowledge.sql import aware, reading

_AWAITED = timedelta(hours=1)
_WRONG_SPAN = timedelta(hours=1)
_MOST_WRONG = 10
KEPT = timedelta(days=30)
_SWEPT = (TapRow, ExchangeRow, ChecklistRow)
_ERASED = (TapRow, ExchangeRow, ChecklistRow, SavedRow, DueRow, PageRow, ChatDossierRow, ChatRow)
# Built once: every message asks it.
_CHAT = Prepared(
    select(
        ChatRow.language,
        ChatRow.seen,
        ChatRow.told_by,
        ChatRow.agreed_at,
        ChatRow.awaiting,
        ChatRow.taken_by,
    ).where(ChatRow.chat == bindparam("chat"))
)


@dataclass(frozen=True)
class Known:
    """A chat as its row stands. `is_new` also holds when the first update is handled again."""

    language: Language | None
    seen: Language
    is_new: bool
    agreed: bool
    is_awaited: bool = False

    @property
    def tongue(self) -> Language:
        """The language for sentences that no question gives one to."""
        return self.language or self.seen


class Chats:
    """Rows of chats; safe for several processes at once."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._reader = reading(engine)
        self.now = now

    def known(self, chat: int, update_id: int, language: Language = "vi") -> Known:
        """What is known of the chat; a row is made at its first update, with the language of it."""
        rows = _CHAT.rows(self._engine, {"chat": chat})
        row: Any = rows[0] if rows else self._met(chat, update_id, language)
        return Known(
            language=cast("Language | None", row.language),
            seen=cast(Language, row.seen),
            is_new=row.told_by == update_id,
            agreed=row.agreed_at is not None,
            is_awaited=row.awaiting is not None or row.taken_by == update_id,
        )

    def _met(self, chat: int, update_id: int, language: Language) -> ChatRow:
        fresh = ChatRow(
            chat=chat, seen=language, told_at=self.now(), told_by=update_id, wrong_codes=0
        )
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                session.add(fresh)
            return fresh
        except IntegrityError:
            with Session(self._reader) as session:
                return session.get_one(ChatRow, chat)

    def tongue(self, chat: int) -> Language:
        """The language for a message that nothing was said before."""
        with Session(self._reader) as session:
            row = session.get(ChatRow, chat)
        return cast(Language, row.language or row.seen) if row else "vi"

    def choose_language(self, chat: int, language: Language | None) -> None:
        """Speak `language` from now on; None follows each question."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(ChatRow, chat)
            row.language, row.seen = language, language or row.seen

    def spoke(self, chat: int, known: Known, language: Language) -> None:
        """The last answer was in `language`."""
        if language != known.seen:
            with Session(self._engine) as session, session.begin():
                session.get_one(ChatRow, chat).seen = language

    def agree(self, chat: int) -> None:
        """The citizen agreed to send photos of papers."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(ChatRow, chat)
            row.agreed_at = row.agreed_at or self.now()

    def wait_for(self, chat: int, what: str | None) -> None:
        """Take the next message as an answer to `what`, within an hour."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(ChatRow, chat)
            row.awaiting, row.awaiting_ends = what, self.now() + _AWAITED

    def take(self, chat: int, update_id: int) -> str | None:
        """What this update is waited for as, once; the same update finds it again."""
        with Session(self._reader) as session:
            row = session.get(ChatRow, chat)
        if row is not None and row.taken_by == update_id:
            return row.taken
        if row is None or row.awaiting is None:
            return None
        with Session(self._engine) as session, session.begin():
            row = session.get_one(ChatRow, chat)
            ends = row.awaiting_ends
            fits = ends is not None and self.now() < aware(ends)
            row.taken, row.taken_by = (row.awaiting if fits else None), update_id
            row.awaiting = None
            return row.taken

    def may_try_code(self, chat: int) -> bool:
        """Whether the chat has not typed too many wrong codes within the hour."""
        with Session(self._reader) as session:
            row = session.get(ChatRow, chat)
        if row is None or row.wrong_since is None:
            return True
        return row.wrong_codes < _MOST_WRONG or self.now() - aware(row.wrong_since) > _WRONG_SPAN

    def wrong_code(self, chat: int) -> None:
        """Count a wrong code."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(ChatRow, chat)
            since = row.wrong_since
            if since is None or self.now() - aware(since) > _WRONG_SPAN:
                row.wrong_codes, row.wrong_since = 0, self.now()
            row.wrong_codes += 1

    def erase(self, chat: int) -> int:
        """Erase every row of the chat; how many."""
        count = 0
        with Session(self._engine) as session, session.begin():
            for table in _ERASED:
                chosen = table.chat == chat
                count += session.scalar(select(func.count()).select_from(table).where(chosen)) or 0
                session.execute(delete(table).where(chosen))
        return count

    def sweep(self) -> None:
        """Erase buttons, exchanges and checklists that are past their time."""
        with Session(self._engine) as session, session.begin():
            for table in _SWEPT:
                session.execute(delete(table).where(table.at < self.now() - KEPT))
