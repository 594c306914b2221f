"""Hand-over: a six-character code carries a conversation from one front end to another.

The kiosk or the web page makes a code; whoever types it on Telegram goes on where they stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Integer, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.audit import Event, append
from assistant.conversations import conversation_key
from assistant.shortcodes import as_code, digest, new_code
from knowledge.mapped import Base
from knowledge.sql import SqlStore, aware

CODE_LASTS = timedelta(minutes=30)


class HandoverRow(Base):
    """A code, by its hash, and what it carries; `taker` is whoever used it, by the hash of their
    conversation."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str | None] = mapped_column(String(64))
    procedure: Mapped[str | None] = mapped_column(String(40))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    taker: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True)
class Carried:
    """What a code carried: the key of a conversation's turns and the procedure last shown."""

    source: str | None
    procedure: str | None


class Handovers(SqlStore):
    """Makes codes and takes them; safe for several processes at once."""

    def make(self, conversation: str | None, procedure: str | None = None) -> str:
        """A code for a conversation, a procedure or both; good once, for half an hour."""
        source = conversation_key(conversation) if conversation else None
        while True:
            code = new_code()
            row = HandoverRow(
                code=digest(code),
                source=source,
                procedure=procedure,
                ends_at=self._now() + CODE_LASTS,
            )
            try:
                with Session(self._engine) as session, session.begin():
                    session.execute(delete(HandoverRow).where(HandoverRow.ends_at < self._now()))
                    session.add(row)
                return code
            except IntegrityError:
                continue

    def take(self, typed: str, conversation: str) -> Carried | None:
        """What the code carries; None when it is wrong, too old or taken by somebody else."""
        code, taker = as_code(typed), conversation_key(conversation)
        if code is None:
            return None
        with Session(self._engine) as session, session.begin():
            row = session.scalar(
                select(HandoverRow).where(HandoverRow.code == digest(code)).with_for_update()
            )
            if row is None or row.taker not in (None, taker) or self._is_over(row):
                return None
            if row.taker is None:
                row.taker = taker
                event = Event("citizen", "handover_taken", f"handover:{row.id}")
                append(session, event, self._now())
            return Carried(row.source, row.procedure)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _is_over(self, row: HandoverRow) -> bool:
        ends = aware(row.ends_at)
        return ends <= self._now()
