"""Updates, stored before they are acknowledged and kept until they are answered.

An update is taken for a while; a worker that dies leaves it to the next. Of a chat only the first
waiting update can be taken, so that a chat keeps its order and cannot hold more than one worker.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bots.telegram.outbox import ADD, rows_of
from bots.telegram.sends import Send
from bots.telegram.tables import DONE, SET_ASIDE, WAITING, gone, updates
from bots.telegram.writer import Writer
from knowledge.sql import reading
from knowledge.together import Held, Write

_CANDIDATES = 500
# Written out, as an index over some rows only is not used for a parameter.
_WAITS: ColumnElement[int] = literal_column(str(WAITING))
_CHAT_OF = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
)
_PERSON_OF = ("inline_query", "chosen_inline_result")


@dataclass(frozen=True)
class Taken:
    """An update in hand; `tries` tells this taking from every other of the same update."""

    id: int
    chat: int
    tries: int
    body: str
    received_at: float


@dataclass(frozen=True)
class Backlog:
    """What waits: how many updates, and the age of the oldest in seconds."""

    waiting: int
    lag: float


class Inbox:
    """The updates of one bot; safe for several threads and processes."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        bot: int,
        lease: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.url = engine.url
        self._reader = reading(engine)
        self._writer = writer
        self._bot = bot
        self._lease = lease
        self._now = now
        self._served: dict[int, float] = {}
        self._add = _insert_of(engine)

    def store(self, bodies: Sequence[Mapping[str, Any]]) -> Future[int]:
        """Store updates; how many were new. The future is done when they are durable."""
        rows = [self._row(body) for body in bodies]

        back = {"this_bot": self._bot, "chats": list({row["chat"] for row in rows})}

        def work(connection: Connection) -> int:
            connection.execute(_BACK, back)
            return sum(connection.execute(self._add, row).first() is not None for row in rows)

        return self._writer.submit(work, outlives_power=True)

    def _row(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "bot": self._bot,
            "update_id": int(body["update_id"]),
            "chat": chat_of(body),
            "state": WAITING,
            "tries": 0,
            "free_at": 0.0,
            "received_at": self._now(),
            # ASCII: half a surrogate pair, which JSON may hold, has no UTF-8.
            "body": json.dumps(body, separators=(",", ":")),
        }

    def take(self, most: int) -> list[Taken]:
        """Take up to `most` updates, each of another chat, the chats served longest ago first."""
        heads = self._heads()
        if not heads:
            return []
        heads.sort(key=lambda head: (self._served.get(head[1], 0.0), head[2]))
        chosen = [id for id, _, _ in heads[:most]]
        taken = self._writer.do(lambda connection: self._mark_taken(connection, chosen))
        self._remember(taken)
        return taken

    def _heads(self) -> list[tuple[int, int, float]]:
        parameters = {"bot": self._bot, **self._moments()}
        with self._reader.connect() as connection:
            rows = connection.execute(_HEADS, parameters)
            return [(row.id, row.chat, row.received_at) for row in rows]

    def _moments(self) -> dict[str, float]:
        now = self._now()
        # A lease that ends later than any lease can was made before the clock was set back.
        return {"now": now, "never": now + max(self._lease, _LONGEST_PAUSE) * 2}

    def _mark_taken(self, connection: Connection, chosen: Sequence[int]) -> list[Taken]:
        parameters = {"chosen": chosen, "bot": self._bot, **self._moments()}
        rows = connection.execute(_FREE, parameters).all()
        if rows:
            until = self._now() + self._lease
            connection.execute(_HOLD, {"rows": [row.id for row in rows], "until": until})
        return [Taken(r.id, r.chat, r.tries + 1, r.body, r.received_at) for r in rows]

    def _remember(self, taken: Iterable[Taken]) -> None:
        if len(self._served) > 10_000:
            self._served.clear()
        for one in taken:
            self._served[one.chat] = self._now()

    def renew(self, taken: Sequence[Taken]) -> None:
        """Keep updates in hand for another lease."""
        if taken:
            of_taken = and_(updates.c.id.in_([t.id for t in taken]), updates.c.state == _WAITS)
            values = {"free_at": self._now() + self._lease}
            self._writer.do(lambda c: c.execute(update(updates).where(of_taken).values(values)))

    def done(self, taken: Taken, sends: Sequence[Send], held: Held | None = None) -> Future[bool]:
        """Mark an update done and store what answers it and what was `held` meanwhile, all or
        nothing; False when another worker has taken it meanwhile, whose answer counts."""
        return self._finish(taken, sends, DONE, held.writes if held else ())

    def set_aside(self, taken: Taken, apology: Sequence[Send]) -> Future[bool]:
        """Give an update up, with an apology."""
        return self._finish(taken, apology, SET_ASIDE)

    def _finish(
        self, taken: Taken, sends: Sequence[Send], state: int, writes: Sequence[Write] = ()
    ) -> Future[bool]:
        now = self._now()
        rows = rows_of(sends, self._bot, now)
        parameters = {"this": taken.id, "of_try": taken.tries, "now": now, "ends": state}

        def work(connection: Connection) -> bool:
            if connection.execute(_FINISH, parameters).rowcount == 0:
                return False
            for write in writes:
                write(connection)
            if rows:
                connection.execute(ADD, rows)
            return True

        return self._writer.submit(work)

    def put_back(self, taken: Taken, pause: float) -> Future[None]:
        """Try an update again after `pause` seconds; its chat waits meanwhile."""
        mine = and_(updates.c.id == taken.id, updates.c.tries == taken.tries)
        values = {"free_at": self._now() + min(pause, _LONGEST_PAUSE)}

        def work(connection: Connection) -> None:
            connection.execute(update(updates).where(mine).values(values))

        return self._writer.submit(work)

    def backlog(self) -> Backlog:
        """What waits now."""
        waiting = and_(updates.c.bot == self._bot, updates.c.state == _WAITS)
        query = select(func.count(), func.min(updates.c.received_at)).where(waiting)
        with self._reader.connect() as connection:
            count, oldest = connection.execute(query).one()
        return Backlog(count, max(0.0, self._now() - oldest) if count else 0.0)

    def sweep(self, keep: float, remember: float) -> None:
        """Erase bodies and chats of what was handled `keep` seconds ago, rows after `remember`."""
        now = self._now()
        handled = and_(updates.c.bot == self._bot, updates.c.state != _WAITS)
        old = and_(handled, updates.c.handled_at < now - keep, updates.c.body != "")
        oldest = and_(handled, updates.c.handled_at < now - remember)

        def work(connection: Connection) -> None:
            connection.execute(update(updates).where(old).values(body="", chat=0))
            connection.execute(delete(updates).where(oldest))

        self._writer.do(work)


def chat_of(body: Mapping[str, Any]) -> int:
    """Whose update it is: the chat, else the person, else 0."""
    for kind in _CHAT_OF:
        if kind in body:
            return int(body[kind]["chat"]["id"])
    if "callback_query" in body:
        query = body["callback_query"]
        return int((query.get("message") or {}).get("chat", query["from"])["id"])
    for kind in _PERSON_OF:
        if kind in body:
            return int(body[kind]["from"]["id"])
    return 0


def _insert_of(engine: Engine) -> Any:
    of_dialect = postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert
    return of_dialect(updates).on_conflict_do_nothing().returning(updates.c.id)


_LONGEST_PAUSE = 60.0


def _free(table: Any) -> Any:
    return or_(table.c.free_at <= bindparam("now"), table.c.free_at > bindparam("never"))


_other = updates.alias()
_before = exists().where(
    _other.c.bot == updates.c.bot,
    _other.c.chat == updates.c.chat,
    _other.c.state == _WAITS,
    _other.c.id != updates.c.id,
    or_(_other.c.update_id < updates.c.update_id, ~_free(_other)),
)
_CLAIMABLE = and_(
    updates.c.bot == bindparam("bot"), updates.c.state == _WAITS, _free(updates), ~_before
)
_HEADS = (
    select(updates.c.id, updates.c.chat, updates.c.received_at).where(_CLAIMABLE).limit(_CANDIDATES)
)
_FREE = (
    select(updates.c.id, updates.c.chat, updates.c.tries, updates.c.body, updates.c.received_at)
    .where(updates.c.id.in_(bindparam("chosen", expanding=True)), _CLAIMABLE)
    .with_for_update(skip_locked=True, of=updates)
)
# Built once: every message runs them, and building a statement costs more than running it.
_BACK = delete(gone).where(
    gone.c.bot == bindparam("this_bot"), gone.c.chat.in_(bindparam("chats", expanding=True))
)
_HOLD = (
    update(updates)
    .where(updates.c.id.in_(bindparam("rows", expanding=True)))
    .values(tries=updates.c.tries + 1, free_at=bindparam("until"))
)
_FINISH = (
    update(updates)
    .where(
        updates.c.id == bindparam("this"),
        updates.c.state == _WAITS,
        updates.c.tries == bindparam("of_try"),
    )
    .values(state=bindparam("ends"), handled_at=bindparam("now"), free_at=0.0)
)
