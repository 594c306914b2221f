"""Messages and our replies to them, so that one answered again is answered as at first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from assistant.conversations import Conversations
from assistant.redaction import redact
from bots.telegram.rows import ExchangeRow, TapRow
from knowledge.prepared import Prepared
from knowledge.together import write_together

# Built once: every message runs them.
_EXCHANGES = cast(Table, ExchangeRow.__table__)
_NAMED = Prepared(
    select(ExchangeRow.id).where(
        ExchangeRow.chat == bindparam("chat"), ExchangeRow.anchor == bindparam("anchor")
    )
)
_BEGIN = Prepared(insert(_EXCHANGES))
_END = Prepared(
    update(_EXCHANGES).where(_EXCHANGES.c.id == bindparam("this")).values(parts=bindparam("now"))
)
_TAP = Prepared(select(TapRow.chat, TapRow.body).where(TapRow.token == bindparam("token")))


def _keeping(of_dialect: Any) -> Prepared:
    """Buttons of one token, in the place of those that stood there."""
    made = of_dialect(TapRow.__table__)
    new = {name: made.excluded[name] for name in ("chat", "body", "at")}
    return Prepared(made.on_conflict_do_update(index_elements=["token"], set_=new))


_KEEP = {"postgresql": _keeping(postgresql_insert), "sqlite": _keeping(sqlite_insert)}


@dataclass(frozen=True)
class Exchange:
    """An exchange about to be answered. `parts` is how many messages the reply before had; `id` is
    None until it is kept."""

    id: int | None
    parts: int
    row: Mapping[str, Any]


class Exchanges:
    """Begins and ends exchanges, with the buttons of each; safe for several processes at once."""

    def __init__(
        self, engine: Engine, conversations: Conversations | None, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._conversations = conversations
        self._now = now

    def begin(self, chat: int, anchor: str, update_id: int, conversation: str) -> Exchange:
        """The exchange of the message `anchor`.

        When the update was begun before, or when it edits the last message, the conversation goes
        back to where it stood, so that it does not hold the same turn twice.
        """
        named = {"chat": chat, "anchor": anchor}
        if _NAMED.rows(self._engine, named):
            return self._again(chat, anchor, update_id, conversation)
        mark = self._conversations.mark(conversation) if self._conversations else 0
        row = {**named, "update_id": update_id, "mark": mark, "before": 0}
        return Exchange(None, 0, row)

    def _again(self, chat: int, anchor: str, update_id: int, conversation: str) -> Exchange:
        """Another update: an edit. The same update: what stood before it first came."""
        newest = select(func.max(ExchangeRow.id)).where(ExchangeRow.chat == chat)
        with Session(self._engine) as session, session.begin():
            row = session.scalars(_named(chat, anchor)).one()
            if row.update_id != update_id:
                row.update_id, row.before = update_id, row.parts
            found, mark = Exchange(row.id, row.before, {}), row.mark
            is_last = session.scalar(newest) == row.id
        if self._conversations and is_last:
            self._conversations.rewind(conversation, mark)
        return found

    def end(self, exchange: Exchange, parts: int, buttons: Buttons) -> None:
        """Keep how many parts were sent, and what the buttons under the last do."""
        now = self._now()

        def write(connection: Connection) -> None:
            if exchange.id is None:
                _BEGIN.run(connection, {**exchange.row, "parts": parts, "at": now})
            else:
                _END.run(connection, {"this": exchange.id, "now": parts})
            buttons.keep(connection, now)

        write_together(self._engine, write)

    def keep(self, buttons: Buttons) -> None:
        """Keep what the buttons under a message do that is no reply to a question."""
        now = self._now()
        if buttons.items:
            write_together(self._engine, lambda connection: buttons.keep(connection, now))

    def tapped(self, chat: int, data: str) -> dict[str, Any] | None:
        """What the button of this chat does; None when it is too old."""
        _, token, number = [*data.split(":"), "", ""][:3]
        rows = _TAP.rows(self._engine, {"token": token})
        if not rows or rows[0].chat != chat or not number.isdigit():
            return None
        items = json.loads(rows[0].body)
        return items[int(number)] if int(number) < len(items) else None


def _named(chat: int, anchor: str) -> Any:
    return select(ExchangeRow).where(ExchangeRow.chat == chat, ExchangeRow.anchor == anchor)


class Buttons:
    """The buttons under one message; `token` names them in callback_data, which holds 64 bytes."""

    def __init__(self, chat: int, token: str) -> None:
        self.chat = chat
        self.token = token
        self.items: list[dict[str, Any]] = []
        self.rows: list[list[dict[str, str]]] = []

    def __bool__(self) -> bool:
        return bool(self.rows)

    def row(self, *taps: tuple[str, dict[str, Any]]) -> None:
        """A row of buttons that are remembered: a label and what it does."""
        self.rows.append([self._tap(label, item) for label, item in taps])

    def fixed(self, *buttons: tuple[str, str]) -> None:
        """A row of buttons whose data says everything, and so works for ever."""
        self.rows.append([{"text": text, "callback_data": data} for text, data in buttons])

    def packed(self, taps: Sequence[tuple[str, dict[str, Any]]], width: int = 34) -> None:
        """Buttons in rows, as many beside each other as are easy to read."""
        row: list[tuple[str, dict[str, Any]]] = []
        for label, item in taps:
            if row and sum(len(text) for text, _ in row) + len(label) > width:
                self.row(*row)
                row = []
            row.append((label, item))
        if row:
            self.row(*row)

    def markup(self) -> dict[str, Any]:
        """As `reply_markup`."""
        return {"inline_keyboard": self.rows}

    def keep(self, connection: Connection, at: datetime) -> None:
        """Remember what they do, in the caller's transaction; the last of one token stands."""
        if self.items:
            body = json.dumps(self.items, ensure_ascii=False, separators=(",", ":"))
            row = {"token": self.token, "chat": self.chat, "body": body, "at": at}
            _KEEP[connection.dialect.name].run(connection, row)

    def _tap(self, label: str, item: dict[str, Any]) -> dict[str, str]:
        # A button asks again what was asked: kept as a turn is kept, without personal numbers.
        self.items.append({**item, "text": redact(item["text"])} if "text" in item else item)
        return {"text": label, "callback_data": f"t:{self.token}:{len(self.items) - 1}"}
