"""The dossier that a chat is putting together, in SQL: one at a time, with its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from bots.telegram.chats import Chats
from bots.telegram.rows import ChatDossierRow, PageRow
from knowledge.sql import reading


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent. `file_id` is Telegram's name for its content."""

    name: str
    file_id: str


@dataclass(frozen=True)
class Gathering:
    """A dossier in a chat. `session` names the message that shows it; `replacing` is the page
    (file, page) whose better photo is waited for."""

    chat: int
    session: int
    code: str | None = None
    case: str | None = None
    dossier: str | None = None
    answers: Mapping[str, str] | None = None
    replacing: tuple[str, int] | None = None
    checked: bool = False

    @property
    def slot(self) -> str:
        """The name of the one message that shows the dossier."""
        return f"dossier.{self.session}"


@dataclass(frozen=True)
class SentPage:
    """A file of the dossier; `number` is how people count them."""

    update_id: int
    number: int
    file: SentFile
    added: bool
    replaced: bool


class Gatherings:
    """Rows of dossiers being put together."""

    def __init__(self, engine: Engine, chats: Chats) -> None:
        self._engine = engine
        self._reader = reading(engine)
        self._chats = chats

    def of(self, chat: int) -> Gathering | None:
        """The chat's dossier, if one was begun."""
        with Session(self._reader) as session:
            row = session.get(ChatDossierRow, chat)
            return _gathering(row) if row else None

    def put(self, gathering: Gathering) -> Gathering:
        """Keep the dossier as it stands."""
        row = ChatDossierRow(
            chat=gathering.chat,
            session=gathering.session,
            code=gathering.code,
            case=gathering.case,
            dossier=gathering.dossier,
            answers=json.dumps(dict(gathering.answers or {})),
            replacing=json.dumps(gathering.replacing) if gathering.replacing else None,
            checked=gathering.checked,
            at=self._chats.now(),
        )
        with Session(self._engine) as session, session.begin():
            session.merge(row)
        return gathering

    def begin(self, chat: int, session: int, code: str | None) -> Gathering:
        """A new dossier; pages that were sent and not yet put anywhere go with it."""
        known = self.of(chat)
        if known is not None and known.session == session:
            return known
        with Session(self._engine) as db, db.begin():
            db.execute(delete(PageRow).where(PageRow.chat == chat, PageRow.added))
        return self.put(Gathering(chat, session, code))

    def add(self, chat: int, update_id: int, file: SentFile) -> bool:
        """Note a file; False when this update noted it before."""
        with Session(self._engine) as session, session.begin():
            if session.scalar(select(PageRow.id).where(PageRow.update_id == update_id)):
                return False
            mine = select(func.max(PageRow.number)).where(PageRow.chat == chat)
            number = (session.scalar(mine) or 0) + 1
            session.add(
                PageRow(
                    chat=chat,
                    update_id=update_id,
                    number=number,
                    name=file.name.format(number=number)[:120],
                    file_id=file.file_id,
                    added=False,
                    replaced=False,
                )
            )
            return True

    def pages(self, chat: int) -> list[SentPage]:
        """The files of the dossier, in the order in which they came."""
        with Session(self._reader) as session:
            rows = session.scalars(select(PageRow).where(PageRow.chat == chat).order_by(PageRow.id))
            return [_page(row) for row in rows]

    def fetched(self, page: SentPage, name: str, replaces: str | None) -> None:
        """The file's content is in the dossier, under `name`; it need not be fetched again."""
        with Session(self._engine) as session, session.begin():
            query = select(PageRow).where(PageRow.update_id == page.update_id)
            row = session.scalars(query).one()
            row.added, row.name, row.file_id = True, name[:120], ""
            old = select(PageRow).where(PageRow.chat == row.chat, PageRow.name == replaces)
            for before in session.scalars(old):
                before.replaced, row.number = True, before.number


def _gathering(row: ChatDossierRow) -> Gathering:
    replacing = json.loads(row.replacing) if row.replacing else None
    return Gathering(
        chat=row.chat,
        session=row.session,
        code=row.code,
        case=row.case,
        dossier=row.dossier,
        answers=json.loads(row.answers),
        replacing=(str(replacing[0]), int(replacing[1])) if replacing else None,
        checked=row.checked,
    )


def _page(row: PageRow) -> SentPage:
    file = SentFile(row.name, row.file_id)
    return SentPage(row.update_id, row.number, file, row.added, row.replaced)


def changed(gathering: Gathering, **values: object) -> Gathering:
    """The dossier with other values."""
    return replace(gathering, **values)  # type: ignore[arg-type]
