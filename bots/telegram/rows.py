"""Tables of the conversation. A chat's number stands in them only where a message must reach it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.mapped import Base

_MOMENT = DateTime(timezone=True)


class ChatRow(Base):
    """What is known of a chat: language chosen and last seen, whether it was told of privacy and
    agreed to photos, and what its next message is waited for as.

    `taken` is what the update `taken_by` used up, so that the same update finds it again.
    """

    __tablename__ = "telegram_chats"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    language: Mapped[str | None] = mapped_column(String(2))
    seen: Mapped[str] = mapped_column(String(2))
    told_at: Mapped[datetime] = mapped_column(_MOMENT)
    told_by: Mapped[int] = mapped_column(BigInteger)
    agreed_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    awaiting: Mapped[str | None] = mapped_column(String(60))
    awaiting_ends: Mapped[datetime | None] = mapped_column(_MOMENT)
    taken: Mapped[str | None] = mapped_column(String(60))
    taken_by: Mapped[int | None] = mapped_column(BigInteger)
    wrong_codes: Mapped[int] = mapped_column(Integer)
    wrong_since: Mapped[datetime | None] = mapped_column(_MOMENT)


class ExchangeRow(Base):
    """A message and our reply to it: where the conversation stood before, how many parts we sent,
    and which update answered it last."""

    __tablename__ = "telegram_exchanges"
    __table_args__ = (UniqueConstraint("chat", "anchor"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger)
    anchor: Mapped[str] = mapped_column(String(40))
    update_id: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[int] = mapped_column(Integer)
    parts: Mapped[int] = mapped_column(Integer)
    before: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(_MOMENT, index=True)


class TapRow(Base):
    """The buttons under one message: what each of them does, as JSON."""

    __tablename__ = "telegram_taps"

    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger, index=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_MOMENT, index=True)


class ChecklistRow(Base):
    """A checklist in a chat: which papers of which procedure and case are ticked."""

    __tablename__ = "telegram_checklists"

    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger, index=True)
    code: Mapped[str] = mapped_column(String(40))
    case: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    ticked: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_MOMENT, index=True)


class SavedRow(Base):
    """A procedure whose changes a chat wants to hear of, and the content it was last told of."""

    __tablename__ = "telegram_saved"
    __table_args__ = (UniqueConstraint("chat", "code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(40), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(_MOMENT)


class DueRow(Base):
    """A day on which somebody's receipt says to come back."""

    __tablename__ = "telegram_due"
    __table_args__ = (UniqueConstraint("chat", "due_on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    told: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(_MOMENT)


class ChatDossierRow(Base):
    """The dossier that a chat is putting together; `session` names the message that shows it."""

    __tablename__ = "telegram_dossiers"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    session: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str | None] = mapped_column(String(40))
    case: Mapped[str | None] = mapped_column(String(60))
    dossier: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[str] = mapped_column(Text)
    replacing: Mapped[str | None] = mapped_column(Text)
    checked: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(_MOMENT)


class PageRow(Base):
    """A file that was sent for a dossier. `number` is the page as people count them; a better photo
    takes the number of the one before, which is then `replaced`. `added` files were fetched."""

    __tablename__ = "telegram_pages"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger, index=True)
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[str] = mapped_column(String(200))
    added: Mapped[bool] = mapped_column()
    replaced: Mapped[bool] = mapped_column()
