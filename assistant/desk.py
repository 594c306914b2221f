"""The officers' desk: a question nobody but a person can answer becomes a ticket with a code.

The citizen keeps the code; officers see what waits, one claims it and answers. Front ends share
the tickets through SQL: one opened on the web may be answered on Telegram and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.audit import Event, append
from assistant.conversations import conversation_key
from assistant.desk_rows import TicketRow, TicketState
from assistant.models import Language
from assistant.redaction import redact
from assistant.shortcodes import as_code, new_code
from knowledge.sql import SqlStore, aware

TICKET_LASTS = timedelta(days=7)
CLAIM_LASTS = timedelta(hours=24)
LONGEST_WORDS = 1800  # twice as many UTF-16 units still fit a message
_ERASED = "…"


@dataclass(frozen=True)
class Opening:
    """What is needed to open a ticket. `key` names what asked for it: asked twice, opened once."""

    conversation: str
    channel: str
    question: str
    language: Language = "vi"
    procedure: str | None = None
    chat: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A ticket as front ends show it. Times are UTC; `officer` is a number of desk_officers."""

    code: str
    state: TicketState
    channel: str
    chat: int | None
    language: Language
    procedure: str | None
    question: str
    opened_at: datetime
    ends_at: datetime
    officer: int | None
    answer: str | None


class Desk(SqlStore):
    """Opens, claims, answers and closes tickets; safe for several processes at once."""

    def open(self, opening: Opening) -> Ticket:
        """A new ticket, or the one that the same key opened before."""
        while True:
            try:
                with Session(self._engine) as session, session.begin():
                    return self._opened(session, opening)
            except IntegrityError:
                continue  # the code is taken, or the key was used between looking and adding

    def _opened(self, session: Session, opening: Opening) -> Ticket:
        if opening.key:
            known = session.scalar(select(TicketRow).where(TicketRow.key == opening.key))
            if known is not None:
                return _ticket(known)
        now = self._now()
        row = TicketRow(
            code=new_code(),
            key=opening.key,
            channel=opening.channel,
            owner=conversation_key(opening.conversation),
            chat=opening.chat,
            language=opening.language,
            procedure=opening.procedure,
            question=redact(opening.question)[:LONGEST_WORDS],
            state=TicketState.WAITING,
            opened_at=now,
            ends_at=now + TICKET_LASTS,
        )
        session.add(row)
        session.flush()
        self._note(session, f"citizen:{opening.channel}", "ticket_opened", row.code)
        return _ticket(row)

    def find(self, typed: str) -> Ticket | None:
        """The ticket with this code, however it was typed."""
        with Session(self._reader) as session:
            row = session.scalar(select(TicketRow).where(TicketRow.code == (as_code(typed) or "")))
            return _ticket(row) if row else None

    def waiting(self, limit: int = 20) -> list[Ticket]:
        """What nobody has claimed, oldest first."""
        return self._listed(TicketRow.state == TicketState.WAITING, limit=limit)

    def claimed_by(self, officer: int) -> list[Ticket]:
        """What this officer has claimed and not answered, oldest first."""
        mine = (TicketRow.state == TicketState.CLAIMED) & (TicketRow.officer == officer)
        return self._listed(mine, limit=20)

    def of(self, conversation: str) -> list[Ticket]:
        """The tickets of a conversation, oldest first."""
        return self._listed(TicketRow.owner == conversation_key(conversation), limit=50)

    def claim(self, code: str, officer: int) -> bool:
        """Whether the ticket now is this officer's: of several who claim it, one gets it."""
        with Session(self._engine) as session, session.begin():
            taken = session.execute(
                update(TicketRow)
                .where(TicketRow.code == code, TicketRow.state == TicketState.WAITING)
                .values(state=TicketState.CLAIMED, officer=officer, claimed_at=self._now())
            )
            if taken.rowcount:  # type: ignore[attr-defined]
                self._note(session, f"officer:{officer}", "ticket_claimed", code)
                return True
            row = self._row(session, code)
            return row is not None and _is_held_by(row, officer)

    def release(self, code: str, officer: int) -> bool:
        """Give a claimed ticket back to the others; False when it was not this officer's."""
        with Session(self._engine) as session, session.begin():
            row = self._row(session, code)
            if row is None or not _is_held_by(row, officer):
                return False
            row.state, row.officer, row.claimed_at = TicketState.WAITING, None, None
            self._note(session, f"officer:{officer}", "ticket_released", code)
            return True

    def answer(self, code: str, officer: int, text: str, key: str) -> Ticket | None:
        """The answered ticket; None when it is not this officer's to answer.

        Answering again with the same `key` is the same answer. The words are kept without personal
        numbers, as they are shown in the chat and on the web.
        """
        with Session(self._engine) as session, session.begin():
            row = self._row(session, code)
            if row is None or row.officer != officer:
                return None
            if row.state == TicketState.ANSWERED and row.answer_key == key:
                return _ticket(row)
            if row.state != TicketState.CLAIMED:
                return None
            row.state, row.answered_at = TicketState.ANSWERED, self._now()
            row.answer, row.answer_key = redact(text)[:LONGEST_WORDS], key
            self._note(session, f"officer:{officer}", "ticket_answered", code)
            return _ticket(row)

    def close_ticket(self, code: str, conversation: str) -> bool:
        """The citizen needs no (more) answer; False when the ticket is not of this conversation."""
        with Session(self._engine) as session, session.begin():
            row = self._row(session, code)
            if row is None or row.owner != conversation_key(conversation):
                return False
            if row.state not in (TicketState.CLOSED, TicketState.EXPIRED):
                row.state = TicketState.CLOSED
                self._note(session, f"citizen:{row.channel}", "ticket_closed", code)
            return True

    def untold(self, channel: str) -> list[Ticket]:
        """Tickets of `channel` that ended, by an answer or by time, without the citizen knowing."""
        ended = TicketRow.state.in_((TicketState.ANSWERED, TicketState.EXPIRED))
        return self._listed(
            ended & TicketRow.told_at.is_(None) & (TicketRow.channel == channel), limit=100
        )

    def told(self, code: str) -> None:
        """The citizen's message about how the ticket ended is on its way."""
        with Session(self._engine) as session, session.begin():
            row = self._row(session, code)
            if row is not None and row.told_at is None:
                row.told_at = self._now()

    def expire(self) -> list[Ticket]:
        """End what waited too long, give back what was claimed and left; what was given back."""
        now = self._now()
        with Session(self._engine) as session, session.begin():
            old = select(TicketRow).where(
                TicketRow.state.in_((TicketState.WAITING, TicketState.CLAIMED)),
                TicketRow.ends_at <= now,
            )
            for row in session.scalars(old.with_for_update()):
                row.state = TicketState.EXPIRED
                self._note(session, "clock", "ticket_expired", row.code)
            left = select(TicketRow).where(
                TicketRow.state == TicketState.CLAIMED, TicketRow.claimed_at <= now - CLAIM_LASTS
            )
            given_back = list(session.scalars(left.with_for_update()))
            for row in given_back:
                row.state, row.officer, row.claimed_at = TicketState.WAITING, None, None
                self._note(session, "clock", "ticket_released", row.code)
            return [_ticket(row) for row in given_back]

    def erase(self, conversation: str) -> int:
        """Take the words and the chat out of a conversation's tickets and close them; how many.

        The bare rows stay, as the audit speaks of their codes.
        """
        with Session(self._engine) as session, session.begin():
            mine = select(TicketRow).where(
                TicketRow.owner == conversation_key(conversation), TicketRow.question != _ERASED
            )
            rows = list(session.scalars(mine.with_for_update()))
            for row in rows:
                row.question, row.chat = _ERASED, None
                row.answer = _ERASED if row.answer else None
                row.state, row.told_at = TicketState.CLOSED, row.told_at or self._now()
                row.owner = ""
                self._note(session, f"citizen:{row.channel}", "ticket_erased", row.code)
            return len(rows)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _listed(self, chosen: object, limit: int) -> list[Ticket]:
        query = select(TicketRow).where(chosen).order_by(TicketRow.id).limit(limit)  # type: ignore[arg-type]
        with Session(self._reader) as session:
            return [_ticket(row) for row in session.scalars(query)]

    def _row(self, session: Session, code: str) -> TicketRow | None:
        return session.scalar(select(TicketRow).where(TicketRow.code == code).with_for_update())

    def _note(self, session: Session, actor: str, action: str, code: str) -> None:
        append(session, Event(actor, action, f"ticket:{code}"), self._now())


def _is_held_by(row: TicketRow, officer: int) -> bool:
    return row.state == TicketState.CLAIMED and row.officer == officer


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(
        code=row.code,
        state=TicketState(row.state),
        channel=row.channel,
        chat=row.chat,
        language=cast(Language, row.language),
        procedure=row.procedure,
        question=row.question,
        opened_at=aware(row.opened_at),
        ends_at=aware(row.ends_at),
        officer=row.officer,
        answer=row.answer,
    )
