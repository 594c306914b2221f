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
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
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

from bots.telegram.addressed import chat_of
from bots.telegram.apology import too_many
from bots.telegram.outbox import ADD, FULL, rows_of
from bots.telegram.sends import Send
from bots.telegram.tables import DONE, SET_ASIDE, TURNED_AWAY, WAITING, gone, keys, outbox, updates
from bots.telegram.writer import Writer
from knowledge.prepared import Prepared
from knowledge.sql import reading
from knowledge.together import Held, Write

_CANDIDATES = 500
_UNSENT = 20
_LONGEST_HOLD = 16  # leases: what ends its workers again and again does so more and more seldom
_FLOOD = 600.0  # seconds of quiet after which a flood is another one
# Written out, as an index over some rows only is not used for a parameter.
_WAITS: ColumnElement[int] = literal_column(str(WAITING))


@dataclass(frozen=True)
class Taken:
    """An update in hand; `tries` tells this taking from every other of the same update."""

    id: int
    chat: int
    tries: int
    body: str
    received_at: float

    @property
    def is_suspect(self) -> bool:
        """Whether a worker has died or failed with it before, so that it may be why."""
        return self.tries > 1


class Stored(NamedTuple):
    """Of updates that came: how many were new and wait now, and for how many there was no room."""

    new: int
    turned_away: int


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
        most: int = 200,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.url = engine.url
        self._engine = engine
        self._writer = writer
        self._bot = bot
        self._lease = lease
        self._most = most
        self._now = now
        self._served: dict[int, float] = {}
        self._add, self._use_key = _insert_of(engine), _key_use_of(engine)

    def store(self, bodies: Sequence[Mapping[str, Any]]) -> Future[Stored]:
        """Store updates. The future is done when they are durable.

        Of a chat at most `most` wait; what comes beyond is known by its number alone, and the
        first of it is answered with a sentence that says so.
        """
        rows = [self._row(body) for body in bodies]
        back = [{"this_bot": self._bot, "chat": chat} for chat in {row["chat"] for row in rows}]

        def work(connection: Connection) -> Stored:
            _BACK.run_each(connection, back)
            new = turned_away = 0
            for body, row in zip(bodies, rows, strict=True):
                if row["chat"] and self._is_full(connection, row["chat"]):
                    turned_away += self._turn_away(connection, body, row)
                else:
                    new += len(self._add.run(connection, row))
            return Stored(new, turned_away)

        return self._writer.submit(work, outlives_power=True)

    def _is_full(self, connection: Connection, chat: int) -> bool:
        asked = {"bot": self._bot, "chat": chat, "most": self._most}
        (queued,) = _QUEUED.run(connection, asked)
        return bool(queued.number >= self._most)

    def _turn_away(
        self, connection: Connection, body: Mapping[str, Any], row: Mapping[str, Any]
    ) -> bool:
        now = self._now()
        away = {**row, "state": TURNED_AWAY, "handled_at": now, "body": "", "chat": 0}
        if not self._add.run(connection, away):
            return False
        key = {"bot": self._bot, "key": f"{FULL}{row['chat']}", "used_at": now}
        before = connection.execute(_LAST_USE, {"bot": self._bot, "key": key["key"]}).scalar()
        connection.execute(self._use_key, key)
        told = before is not None and before >= now - _FLOOD
        ADD.run_each(connection, [] if told else rows_of(too_many(body), self._bot, now))
        return True

    def _row(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "bot": self._bot,
            "update_id": int(body["update_id"]),
            "chat": chat_of(body),
            "state": WAITING,
            "tries": 0,
            "free_at": 0.0,
            "received_at": self._now(),
            "handled_at": None,
            # ASCII: half a surrogate pair, which JSON may hold, has no UTF-8.
            "body": json.dumps(body, separators=(",", ":")),
        }

    def take(self, most: int, is_idle: bool = True) -> list[Taken]:
        """Take up to `most` updates, each of another chat, the chats served longest ago first.

        What may have ended its workers is taken alone, by a worker that `is_idle`: an update in
        hand beside it would be blamed, and given up, for the same death.
        """
        heads = self._heads()
        suspects = [head for head in heads if head.tries]
        if suspects:
            heads, most = (suspects if is_idle else []), 1
        if not heads:
            return []
        heads.sort(key=lambda head: (self._served.get(head.chat, 0.0), head.received_at))
        chosen = [head.id for head in heads[:most]]
        taken = self._writer.do(lambda connection: self._mark_taken(connection, chosen))
        self._remember(taken)
        return taken

    def _heads(self) -> list[Any]:
        heads = _HEADS.rows(self._engine, {"bot": self._bot, **self._moments()})
        if not heads:
            return []
        # Answers that wait to be sent already are enough: the pace is Telegram's.
        slow = {row.chat for row in _SLOW.rows(self._engine, {"bot": self._bot})}
        return [head for head in heads if head.chat not in slow]

    def _moments(self) -> dict[str, float]:
        now = self._now()
        # A lease that ends later than any lease can was made before the clock was set back.
        longest = max(self._lease * _LONGEST_HOLD, _LONGEST_PAUSE)
        return {"now": now, "never": now + longest * 2}

    def _mark_taken(self, connection: Connection, chosen: Sequence[int]) -> list[Taken]:
        parameters = {"chosen": chosen, "bot": self._bot, **self._moments()}
        rows = connection.execute(_FREE, parameters).all()
        if rows:
            until = self._now() + self._hold(max(row.tries for row in rows))
            connection.execute(_HOLD, {"rows": [row.id for row in rows], "until": until})
        return [Taken(r.id, r.chat, r.tries + 1, r.body, r.received_at) for r in rows]

    def _hold(self, tries: int) -> float:
        """Seconds for which an update is held that was taken so often before."""
        return self._lease * min(1 << max(tries - 1, 0), _LONGEST_HOLD)

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
            if not _FINISH.run(connection, parameters):
                return False
            for write in writes:
                write(connection)
            ADD.run_each(connection, rows)
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
        with reading(self._engine).connect() as connection:
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
            over = and_(keys.c.key.startswith(FULL), keys.c.used_at < now - _FLOOD)
            connection.execute(delete(keys).where(keys.c.bot == self._bot, over))

        self._writer.do(work)


def _insert_of(engine: Engine) -> Prepared:
    made = _dialect_insert(engine, updates).on_conflict_do_nothing()
    return Prepared(made.returning(updates.c.id))


def _key_use_of(engine: Engine) -> Any:
    made = _dialect_insert(engine, keys)
    keyed, new = [keys.c.bot, keys.c.key], {"used_at": made.excluded.used_at}
    return made.on_conflict_do_update(index_elements=keyed, set_=new)


def _dialect_insert(engine: Engine, table: Table) -> Any:
    return (postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert)(table)


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
_HEADS = Prepared(
    select(updates.c.id, updates.c.chat, updates.c.received_at, updates.c.tries)
    .where(_CLAIMABLE)
    .limit(_CANDIDATES)
)
_FREE = (
    select(updates.c.id, updates.c.chat, updates.c.tries, updates.c.body, updates.c.received_at)
    .where(updates.c.id.in_(bindparam("chosen", expanding=True)), _CLAIMABLE)
    .with_for_update(skip_locked=True, of=updates)
)
# Built once: every message runs them.
_BACK = Prepared(
    delete(gone).where(gone.c.bot == bindparam("this_bot"), gone.c.chat == bindparam("chat"))
)
_QUEUED = Prepared(
    select(func.count().label("number")).select_from(
        select(updates.c.id)
        .where(
            updates.c.bot == bindparam("bot"),
            updates.c.chat == bindparam("chat"),
            updates.c.state == _WAITS,
        )
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
)
_LAST_USE = select(keys.c.used_at).where(
    keys.c.bot == bindparam("bot"), keys.c.key == bindparam("key")
)
_SLOW = Prepared(
    select(outbox.c.chat)
    .where(outbox.c.bot == bindparam("bot"), outbox.c.chat.is_not(None))
    .group_by(outbox.c.chat)
    .having(func.count() >= _UNSENT)
)
_HOLD = (
    update(updates)
    .where(updates.c.id.in_(bindparam("rows", expanding=True)))
    .values(tries=updates.c.tries + 1, free_at=bindparam("until"))
)
_FINISH = Prepared(
    update(updates)
    .where(
        updates.c.id == bindparam("this"),
        updates.c.state == _WAITS,
        updates.c.tries == bindparam("of_try"),
    )
    .values(state=bindparam("ends"), handled_at=bindparam("now"), free_at=0.0)
    .returning(updates.c.id)
)
