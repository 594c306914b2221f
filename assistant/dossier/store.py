"""Tables of dossiers. Names, answers and readings are sealed; of an owner stands only a hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.mapped import Base


class DossierRow(Base):
    """One dossier; `chest` is its own key, wrapped by the vault's, `answers` is sealed JSON."""

    __tablename__ = "dossiers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    code: Mapped[str] = mapped_column(String(40))
    case: Mapped[str | None] = mapped_column("case_id", String(60))
    chest: Mapped[bytes] = mapped_column(LargeBinary)
    answers: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class DossierFileRow(Base):
    """One file handed in. `body` is sealed JSON: name, digest, size, pages, what it replaces."""

    __tablename__ = "dossier_files"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier: Mapped[str] = mapped_column(String(32), index=True)
    key: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class OverrideRow(Base):
    """An officer's other verdict: who, when, why, and what the check had said.

    It outlives its dossier, whose id is then cut off; the reason is kept without personal numbers.
    """

    __tablename__ = "dossier_overrides"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier: Mapped[str | None] = mapped_column(String(32), index=True)
    code: Mapped[str] = mapped_column(String(40))
    case: Mapped[str | None] = mapped_column("case_id", String(60))
    requirement: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[str] = mapped_column(String(20))
    checked: Mapped[str] = mapped_column(String(20))
    papers: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class ErasureRow(Base):
    """A receipt: how much was erased and when, nothing of whose it was."""

    __tablename__ = "dossier_erasures"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossiers: Mapped[int] = mapped_column(Integer)
    files: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
