"""Messages to send, stored until Telegram has taken them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bots.telegram.sends import Method, Send, dumped
from bots.telegram.tables import gone, keys, outbox, slots, updates
from bots.telegram.writer import Writer
from knowledge.prepared import Prepared
from knowledge.sql import reading

_KEYS_KEPT = 90 * 86_400
_SLOTS_KEPT = 30 * 86_400
_LOOK_BACK = 50
FULL = "full "
"""Under this key, with its chat, stands when a chat's queue was last found full."""


@dataclass(frozen=True)
class Waiting:
    """A message in the outbox, by its number."""

    id: int
    chat: int | None
    ephemeral: bool
    created_at: float


@dataclass(frozen=True)
class Loaded:
    """A message ready to go, with the message that its slot names."""

    id: int
    send: Send
    message_id: int | None
    chat_is_gone: bool
    created_at: float

    @property
    def waiting(self) -> Waiting:
        """The message by its number."""
        return Waiting(self.id, self.send.chat, self.send.ephemeral, self.created_at)


class Outbox:
    """The messages of one bot; safe for several threads and processes."""

    def __init__(
        self, engine: Engine, writer: Writer, bot: int, now: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._writer = writer
        self._bot = bot
        self._now = now
        self._upsert = postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert

    def put(self, sends: Sequence[Send], key: str) -> bool:
        """Store sends under a key, once; False when the key was used before."""
        row = {"bot": self._bot, "key": key, "used_at": self._now()}
        rows = rows_of(sends, self._bot, self._now())
        once = self._upsert(keys).values(row).on_conflict_do_nothing().returning(keys.c.key)

        def work(connection: Connection) -> bool:
            if connection.execute(once).first() is None:
                return False
            ADD.run_each(connection, rows)
            return True

        return self._writer.do(work)

    def waiting(self, after: int, most: int) -> list[Waiting]:
        """What waits, in order, from a little before number `after`: a number given to a slow
        transaction appears late."""
        chosen = {"bot": self._bot, "after": after - _LOOK_BACK, "most": most}
        return [Waiting(*row) for row in _WAITING.rows(self._engine, chosen)]

    def fresh(self, after: int, most: int, known: Container[int]) -> list[Loaded]:
        """The same with what they hold, but for those that are known."""
        chosen = {"bot": self._bot, "after": after - _LOOK_BACK, "most": most}
        rows = _FRESH.rows(self._engine, chosen)
        return [_loaded(row) for row in rows if row.id not in known]

    def load(self, ids: Sequence[int]) -> list[Loaded]:
        """The messages of these numbers, in their order."""
        if not ids:
            return []
        with reading(self._engine).connect() as connection:
            return [_loaded(row) for row in connection.execute(_LOAD, {"ids": list(ids)})]

    def sent(self, id: int, send: Send, message_id: int | None) -> Future[None]:
        """Telegram has taken it: forget it, and remember its message under its slot."""
        return self._writer.submit(lambda connection: self._sent(connection, id, send, message_id))

    def _sent(self, connection: Connection, id: int, send: Send, message_id: int | None) -> None:
        _DELETE.run(connection, {"this": id})
        if send.slot is None or send.chat is None:
            return
        where = {"bot": self._bot, "chat": send.chat, "slot": send.slot}
        if send.method == "delete":
            these = and_(*(slots.c[name] == value for name, value in where.items()))
            connection.execute(delete(slots).where(these))
        elif message_id is not None:
            values = {"message_id": message_id, "sent_at": self._now()}
            _SLOT[connection.dialect.name].run(connection, where | values)

    def drop(self, ids: Sequence[int]) -> Future[None]:
        """Give messages up."""

        def work(connection: Connection) -> None:
            connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))

        return self._writer.submit(work)

    def end_chat(self, chat: int) -> Future[None]:
        """The chat does not want us: erase what waits for it until an update comes from it."""
        row = {"bot": self._bot, "chat": chat, "since": self._now()}

        def work(connection: Connection) -> None:
            connection.execute(delete(outbox).where(*self._of_chat(outbox, chat)))
            connection.execute(self._upsert(gone).values(row).on_conflict_do_nothing())

        return self._writer.submit(work)

    def move_chat(self, chat: int, to: int) -> Future[None]:
        """A group became a supergroup with another number."""

        def work(connection: Connection) -> None:
            moved = update(outbox).where(*self._of_chat(outbox, chat)).values(chat=to)
            connection.execute(moved)
            connection.execute(delete(slots).where(*self._of_chat(slots, chat)))

        return self._writer.submit(work)

    def forget(self, chat: int) -> int:
        """Erase what is stored of a chat, except the numbers of its updates; how many rows."""

        def work(connection: Connection) -> int:
            count = 0
            for table in (outbox, slots, gone):
                chosen = delete(table).where(*self._of_chat(table, chat))
                count += connection.execute(chosen).rowcount
            full = and_(keys.c.bot == self._bot, keys.c.key == f"{FULL}{chat}")
            count += connection.execute(delete(keys).where(full)).rowcount
            handled = and_(*self._of_chat(updates, chat), updates.c.handled_at.is_not(None))
            erased = update(updates).where(handled).values(body="", chat=0)
            return count + connection.execute(erased).rowcount

        return self._writer.do(work)

    def _of_chat(self, table: Any, chat: int) -> Iterable[Any]:
        return (table.c.bot == self._bot, table.c.chat == chat)

    def depth(self) -> int:
        """How many messages wait."""
        query = select(func.count()).select_from(outbox).where(outbox.c.bot == self._bot)
        with reading(self._engine).connect() as connection:
            return connection.execute(query).scalar_one()

    def sweep(self) -> None:
        """Erase slots and keys that nobody will ask for any more."""

        def work(connection: Connection) -> None:
            for column, kept in ((slots.c.sent_at, _SLOTS_KEPT), (keys.c.used_at, _KEYS_KEPT)):
                old = column < self._now() - kept
                connection.execute(delete(column.table).where(old))

        self._writer.do(work)


# Built once: every message runs them.
ADD = Prepared(insert(outbox))
_NEW = (outbox.c.bot == bindparam("bot"), outbox.c.id > bindparam("after"))
_WAITING = Prepared(
    select(outbox.c.id, outbox.c.chat, outbox.c.ephemeral, outbox.c.created_at)
    .where(*_NEW)
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Integer))
)
_AT_SLOT = and_(
    slots.c.bot == outbox.c.bot,
    slots.c.chat == outbox.c.chat,
    slots.c.slot == outbox.c.slot,
)
_AWAY = and_(gone.c.bot == outbox.c.bot, gone.c.chat == outbox.c.chat)
_CONTENT = (
    select(outbox, slots.c.message_id, gone.c.since)
    .select_from(outbox.outerjoin(slots, _AT_SLOT).outerjoin(gone, _AWAY))
    .order_by(outbox.c.id)
)
_LOAD = _CONTENT.where(outbox.c.id.in_(bindparam("ids", expanding=True)))
_FRESH = Prepared(_CONTENT.where(*_NEW).limit(bindparam("most", type_=Integer)))


def _slotting(of_dialect: Any) -> Prepared:
    """The message of a slot, in the place of the one before."""
    made = of_dialect(slots)
    new = {name: made.excluded[name] for name in ("message_id", "sent_at")}
    keyed = [slots.c.bot, slots.c.chat, slots.c.slot]
    return Prepared(made.on_conflict_do_update(index_elements=keyed, set_=new))


_SLOT = {"postgresql": _slotting(postgresql_insert), "sqlite": _slotting(sqlite_insert)}
_DELETE = Prepared(delete(outbox).where(outbox.c.id == bindparam("this")))


def rows_of(sends: Sequence[Send], bot: int, now: float) -> list[dict[str, Any]]:
    """Sends as rows of the outbox."""
    return [
        {
            "bot": bot,
            "chat": send.chat,
            "method": send.method,
            "payload": dumped(send.payload),
            "document": send.document,
            "filename": send.filename,
            "slot": send.slot,
            "ephemeral": send.ephemeral,
            "created_at": now,
        }
        for send in sends
    ]


def _loaded(row: Any) -> Loaded:
    send = Send(
        method=cast(Method, row.method),
        chat=row.chat,
        payload=json.loads(row.payload),
        document=row.document,
        filename=row.filename,
        slot=row.slot,
        ephemeral=row.ephemeral,
    )
    return Loaded(row.id, send, row.message_id, row.since is not None, row.created_at)
