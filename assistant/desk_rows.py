"""Tables of the officers' desk: officers, and tickets that citizens opened."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.mapped import Base


class TicketState(StrEnum):
    """Where a ticket stands. An answered one may be closed by the citizen."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    CLOSED = "closed"
    EXPIRED = "expired"


class OfficerRow(Base):
    """An officer who may answer. `invite` is the hash of a one-time code, None once it was used;
    `account` is the account of the front end, such as `telegram:4711`."""

    __tablename__ = "desk_officers"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    account: Mapped[str | None] = mapped_column(String(64), unique=True)
    invite: Mapped[str | None] = mapped_column(String(64), unique=True)
    invite_ends: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    linked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class TicketRow(Base):
    """A question for an officer; its words hold no identity number, phone or e-mail.

    `owner` is the hash of the conversation, `chat` where a messenger delivers the answer (None for
    the web, which looks the code up). `key` names what opened it and `answer_key` what answered
    it, so that a deed done twice is done once.
    """

    __tablename__ = "desk_tickets"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(12))
    owner: Mapped[str] = mapped_column(String(64), index=True)
    chat: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(2))
    procedure: Mapped[str | None] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    officer: Mapped[int | None] = mapped_column(Integer)
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    answer_key: Mapped[str | None] = mapped_column(String(80))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
