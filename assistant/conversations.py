"""Turns by conversation, in SQL: what a follow-up rests on, kept for a while, erased on request.

A conversation is known by the hash of the random id that the front end made. Of each turn stays
what was understood; the words asked are kept without identity numbers, phones and e-mails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from assistant.models import Answer, Question, Said
from assistant.redaction import redact
from knowledge.prepared import Prepared
from knowledge.sql import METADATA, open_engine
from knowledge.together import write_together

_RECALLED = 12
_KEPT = 40
_TRIMMED = 20  # turns; of a long conversation the oldest go at about every twentieth
_SWEEP = timedelta(hours=1)
RETENTION = timedelta(days=30)


# One turn of one conversation each.
TURNS = Table(
    "conversation_turns",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("said_at", DateTime(timezone=True), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

# Built once: every question runs them.
_OF = TURNS.c.conversation == bindparam("key")
_RECALL = Prepared(
    select(TURNS.c.body)
    .where(_OF, TURNS.c.said_at > bindparam("since"))
    .order_by(TURNS.c.id.desc())
    .limit(_RECALLED)
)
_MARK = Prepared(select(func.max(TURNS.c.id).label("mark")).where(_OF))
_ADD = Prepared(insert(TURNS).returning(TURNS.c.id))
_OLDEST_KEPT = select(TURNS.c.id).where(_OF).order_by(TURNS.c.id.desc()).offset(_KEPT - 1).limit(1)
_TRIM = delete(TURNS).where(_OF, TURNS.c.id < _OLDEST_KEPT.scalar_subquery())


class Conversations:
    """Remembers and forgets; safe for several processes at once."""

    def __init__(
        self,
        engine: Engine,
        retention: timedelta = RETENTION,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._retention = retention
        self._now = now
        self._swept = datetime.min.replace(tzinfo=UTC)

    @classmethod
    def open(cls, url: str, retention: timedelta = RETENTION) -> Conversations:
        """Open the database at `url`; raises CatalogError when it cannot be opened."""
        return cls(open_engine(url, outlives_power=False), retention)

    def recall(self, conversation: str) -> tuple[Said, ...]:
        """The last turns, newest first; none of what is past its retention."""
        since = self._now() - self._retention
        asked = {"key": conversation_key(conversation), "since": since}
        rows = _RECALL.rows(self._engine, asked)
        return tuple(Said.model_validate_json(row.body) for row in rows)

    def remember(self, question: Question, answer: Answer) -> None:
        """Keep what was understood of this turn; the oldest of a long conversation go by and by."""
        assert question.conversation is not None
        key, now = conversation_key(question.conversation), self._now()
        body = _said(question, answer).model_dump_json(exclude_defaults=True)
        turn = {"conversation": key, "said_at": now, "body": body}
        write_together(self._engine, lambda connection: _add(connection, turn))
        if now - self._swept > _SWEEP:
            self._swept = now
            self.sweep()

    def forget(self, conversation: str) -> int:
        """Erase a conversation; how many turns were erased."""
        with self._engine.begin() as connection:
            chosen = TURNS.c.conversation == conversation_key(conversation)
            count = connection.scalar(select(func.count()).select_from(TURNS).where(chosen))
            connection.execute(delete(TURNS).where(chosen))
        return count or 0

    def mark(self, conversation: str) -> int:
        """Where the conversation stands, for `rewind`."""
        rows = _MARK.rows(self._engine, {"key": conversation_key(conversation)})
        return rows[0].mark or 0

    def rewind(self, conversation: str, mark: int) -> None:
        """Forget the turns after `mark`, so that a message is answered again as at first."""
        with self._engine.begin() as connection:
            chosen = TURNS.c.conversation == conversation_key(conversation)
            connection.execute(delete(TURNS).where(chosen, TURNS.c.id > mark))

    def carry(self, source_key: str, conversation: str) -> int:
        """Copy the turns stored under a key to another conversation; how many. Done once: a
        conversation that holds the last of them already gets none."""
        own = conversation_key(conversation)
        turns = select(TURNS).where(TURNS.c.conversation == source_key).order_by(TURNS.c.id)
        with self._engine.begin() as connection:
            rows = [(row.said_at, row.body) for row in connection.execute(turns)]
            there = select(TURNS.c.body).where(TURNS.c.conversation == own)
            if not rows or rows[-1][1] in set(connection.scalars(there)):
                return 0
            copied = [{"conversation": own, "said_at": at, "body": body} for at, body in rows]
            connection.execute(insert(TURNS), copied)
        return len(rows)

    def sweep(self) -> None:
        """Erase what is past its retention."""
        with self._engine.begin() as connection:
            connection.execute(delete(TURNS).where(TURNS.c.said_at < self._now() - self._retention))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _add(connection: Connection, turn: dict[str, Any]) -> None:
    (made,) = _ADD.run(connection, turn)
    if made.id % _TRIMMED == 0:
        connection.execute(_TRIM, {"key": turn["conversation"]})


def conversation_key(conversation: str) -> str:
    """What is stored of a conversation's id."""
    return hashlib.sha256(conversation.encode()).hexdigest()


def _said(question: Question, answer: Answer) -> Said:
    codes = dict.fromkeys(ref.code for ref in (answer.procedure, *answer.also) if ref is not None)
    return Said(
        text=redact(question.text)[:500],
        status=answer.status,
        codes=tuple(codes),
        facets=answer.facets,
        options=answer.options,
    )
