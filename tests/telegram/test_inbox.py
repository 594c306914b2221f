"""The inbox: stored once, kept in order, never lost, never held by the dead."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text

from bots.telegram.inbox import Inbox
from bots.telegram.sends import Send
from bots.telegram.tables import TURNED_AWAY, outbox, updates
from bots.telegram.writer import Writer
from knowledge.sql import open_engine

ROOT = Path(__file__).parents[2]
BOT = 42


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(engine: Engine, clock: Clock) -> Iterator[Inbox]:
    writer = Writer(engine)
    yield Inbox(engine, writer, BOT, lease=10, now=clock)
    writer.close()


def update(number: int, chat: int, words: str = "chào") -> dict[str, Any]:
    sender = {"id": chat, "is_bot": False, "first_name": "An"}
    place = {"id": chat, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": place, "from": sender, "text": words}
    return {"update_id": number, "message": message}


def flood(inbox: Inbox, first: int, number: int, chat: int = 7) -> list[tuple[int, int]]:
    bodies = [update(first + n, chat) for n in range(number)]
    return [tuple(inbox.store([body]).result()) for body in bodies]  # type: ignore[misc]


def unsent(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(outbox.c.payload)).scalars())


def test_a_chat_beyond_its_queue_is_told_once_and_others_are_taken(
    engine: Engine, clock: Clock
) -> None:
    writer = Writer(engine)
    inbox = Inbox(engine, writer, BOT, 10, 5, clock)

    taken = flood(inbox, 1, 8)
    again = flood(inbox, 8, 1)
    other = flood(inbox, 20, 1, chat=8)
    with engine.connect() as connection:
        away = connection.execute(
            select(updates.c.chat, updates.c.body).where(updates.c.state == TURNED_AWAY)
        ).all()

    assert taken == [(1, 0)] * 5 + [(0, 1)] * 3
    assert again == [(0, 0)]
    assert other == [(1, 0)]
    assert inbox.backlog().waiting == 6
    assert len(unsent(engine)) == 1
    assert "nhanh hơn" in json.loads(unsent(engine)[0])["text"]
    assert [tuple(row) for row in away] == [(0, "")] * 3
    writer.close()


def test_a_chat_writes_again_when_its_queue_has_shrunk_and_a_later_flood_is_told_again(
    engine: Engine, clock: Clock
) -> None:
    writer = Writer(engine)
    inbox = Inbox(engine, writer, BOT, 10, 2, clock)
    flood(inbox, 1, 4)
    inbox.done(inbox.take(1)[0], []).result()
    shrunk = flood(inbox, 10, 2)
    clock.now += 3600
    inbox.sweep(keep=1e6, remember=1e6)
    flood(inbox, 20, 1)

    assert shrunk == [(1, 0), (0, 1)]
    assert len(unsent(engine)) == 2
    writer.close()


def test_a_chat_with_many_unsent_answers_waits_and_others_go_on(inbox: Inbox) -> None:
    flood(inbox, 1, 2, chat=7)
    inbox.done(inbox.take(1)[0], [Send("message", 7, {"text": f"{n}"}) for n in range(20)]).result()
    flood(inbox, 10, 1, chat=8)

    assert [taken.chat for taken in inbox.take(5)] == [8]


def test_only_the_storing_of_an_update_waits_for_the_disk(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    engine, lasting = open_engine(url, outlives_power=False), open_engine(url)
    writer = Writer(engine, lasting)
    inbox = Inbox(engine, writer, BOT, lease=10)
    waits: list[bool] = []
    for each in (engine, lasting):
        event.listen(each, "commit", lambda connection: waits.append(waits_for_disk(connection)))

    assert inbox.store([update(1, 1)]).result() == (1, 0)
    (taken,) = inbox.take(1)
    assert inbox.done(taken, [Send("message", 1, {"text": "x"})]).result()

    assert waits == [True, False, False]
    writer.close()
    engine.dispose()
    lasting.dispose()


def waits_for_disk(connection: Connection) -> bool:
    full = 2  # sqlite.org/pragma.html#pragma_synchronous
    return bool(connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == full)


def test_an_update_is_stored_once(inbox: Inbox) -> None:
    new = [inbox.store([update(7, 1)]).result() for _ in range(3)]

    assert new == [(1, 0), (0, 0), (0, 0)]
    assert inbox.backlog().waiting == 1


def test_the_first_update_of_each_chat_is_taken(inbox: Inbox) -> None:
    inbox.store([update(3, 1), update(2, 1), update(4, 2)]).result()

    taken = inbox.take(10)

    assert sorted(one.chat for one in taken) == [1, 2]
    assert '"update_id":2' in next(one.body for one in taken if one.chat == 1)
    assert inbox.take(10) == []


def test_the_next_update_of_a_chat_follows_when_the_first_is_done(inbox: Inbox) -> None:
    inbox.store([update(1, 1), update(2, 1)]).result()
    (first,) = inbox.take(10)

    inbox.done(first, []).result()

    assert [one.id for one in inbox.take(10)] != [first.id]


def test_an_update_of_a_dead_worker_is_taken_by_another_whose_answer_counts(
    inbox: Inbox, engine: Engine, clock: Clock
) -> None:
    inbox.store([update(1, 1)]).result()
    (dead,) = inbox.take(1)
    clock.now += 11
    (taken,) = inbox.take(1)

    late = inbox.done(dead, [Send("message", 1, {"text": "a"})]).result()
    counts = inbox.done(taken, [Send("message", 1, {"text": "b"})]).result()

    assert (late, counts) == (False, True)
    with engine.connect() as connection:
        assert connection.execute(select(outbox.c.payload)).scalars().all() == ['{"text":"b"}']


def test_what_its_workers_died_of_is_taken_alone_and_by_an_idle_worker(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.store([update(1, 7), update(2, 8)]).result()
    died_with = inbox.take(9)
    clock.now += 11
    inbox.store([update(3, 9)]).result()

    beside = inbox.take(9, is_idle=False)
    alone = inbox.take(9)
    alone_too = inbox.take(9)
    others = inbox.take(9)

    assert {one.chat for one in died_with} == {7, 8}
    assert beside == []
    assert [one.tries for one in [*alone, *alone_too]] == [2, 2]
    assert {one.chat for one in [*alone, *alone_too]} == {7, 8}
    assert [one.chat for one in others] == [9]


def test_what_ends_its_workers_does_so_more_and_more_seldom(inbox: Inbox, clock: Clock) -> None:
    inbox.store([update(1, 7)]).result()
    waited = []
    assert inbox.take(1)
    for _ in range(7):
        died = clock.now
        while not inbox.take(1):
            clock.now += 1
        waited.append(clock.now - died)

    assert waited == [10, 10, 20, 40, 80, 160, 160]


def test_a_renewed_lease_holds(inbox: Inbox, clock: Clock) -> None:
    inbox.store([update(1, 1)]).result()
    taken = inbox.take(1)
    clock.now += 8
    inbox.renew(taken)
    clock.now += 8

    assert inbox.take(1) == []


def test_a_clock_that_is_set_back_does_not_hold_updates(inbox: Inbox, clock: Clock) -> None:
    inbox.store([update(1, 1)]).result()
    inbox.take(1)
    clock.now -= 86_400

    assert len(inbox.take(1)) == 1


def test_the_chat_that_was_served_longest_ago_comes_first(inbox: Inbox, clock: Clock) -> None:
    inbox.store([update(number, 1) for number in range(1, 50)]).result()
    inbox.store([update(100, 2)]).result()
    order = []
    for _ in range(4):
        clock.now += 1
        (taken,) = inbox.take(1)
        order.append(taken.chat)
        inbox.done(taken, []).result()

    assert 2 in order[:2]


def test_bodies_are_erased_and_rows_forgotten_in_time(
    inbox: Inbox, engine: Engine, clock: Clock
) -> None:
    inbox.store([update(1, 1), update(2, 2)]).result()
    inbox.done(inbox.take(1)[0], []).result()
    clock.now += 3700
    inbox.sweep(keep=3600, remember=7200)
    with engine.connect() as connection:
        kept = connection.execute(select(updates.c.body, updates.c.chat)).all()
    clock.now += 3700
    inbox.sweep(keep=3600, remember=7200)

    assert sorted(body == "" and chat == 0 for body, chat in kept) == [False, True]
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(updates)).scalar() == 1


def test_many_workers_take_each_update_once_and_in_order(engine: Engine) -> None:
    writers = [Writer(engine) for _ in range(3)]
    inboxes = [Inbox(engine, writer, BOT, lease=60) for writer in writers]
    numbers = list(range(120))
    inboxes[0].store([update(number, number % 6 + 1) for number in numbers]).result()
    done: list[tuple[int, int]] = []
    lock = threading.Lock()

    def work(inbox: Inbox) -> None:
        while inbox.backlog().waiting:
            for taken in inbox.take(2):
                with lock:
                    done.append((taken.chat, taken.id))
                inbox.done(taken, []).result()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, inboxes))

    assert len(done) == len(set(done)) == 120
    for chat in range(1, 7):
        ids = [id for of, id in done if of == chat]
        assert ids == sorted(ids)
    for writer in writers:
        writer.close()


def test_one_bad_row_does_not_spoil_what_is_committed_with_it(engine: Engine) -> None:
    writer = Writer(engine)
    gate = threading.Event()
    writer.submit(lambda _: gate.wait(5))
    good = writer.submit(lambda c: c.execute(text("SELECT 1")).scalar())
    bad = writer.submit(lambda c: c.execute(text("SELECT nothing_like_that")).scalar())
    also_good = writer.submit(lambda c: c.execute(text("SELECT 2")).scalar())
    gate.set()

    assert (good.result(5), also_good.result(5)) == (1, 2)
    assert bad.exception(5) is not None
    writer.close()
