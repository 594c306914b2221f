"""Checklists in SQL: which papers of which procedure are ticked in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assistant.models import Language
from bots.telegram.chats import Chats
from bots.telegram.rows import ChecklistRow
from knowledge.sql import reading


@dataclass(frozen=True)
class Ticked:
    """A checklist as it is kept: what it is of, and the papers ticked, by their words."""

    token: str
    code: str
    case: str | None
    language: Language
    marks: frozenset[str]


class Checklists:
    """Rows of checklists. A paper is known by a digest of its line, so that ticks survive a new
    version of the procedure wherever the paper stayed the same."""

    def __init__(self, engine: Engine, chats: Chats) -> None:
        self._engine = engine
        self._reader = reading(engine)
        self._chats = chats

    def get(self, token: str, chat: int) -> Ticked | None:
        """The checklist of this chat; None when it is too old."""
        with Session(self._reader) as session:
            row = session.get(ChecklistRow, token)
        if row is None or row.chat != chat:
            return None
        marks = frozenset(row.ticked.split())
        return Ticked(row.token, row.code, row.case, cast(Language, row.language), marks)

    def put(self, chat: int, ticked: Ticked) -> None:
        """Keep a checklist."""
        with Session(self._engine) as session, session.begin():
            session.merge(
                ChecklistRow(
                    token=ticked.token,
                    chat=chat,
                    code=ticked.code,
                    case=ticked.case,
                    language=ticked.language,
                    ticked=" ".join(sorted(ticked.marks)),
                    at=self._chats.now(),
                )
            )
