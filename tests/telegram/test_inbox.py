"""The inbox: stored once, kept in order, never lost, never held by the dead."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import telegram
from sqlalchemy import Connection, Engine, event, func, select, text

from bots.telegram.inbox import Inbox
from bots.telegram.sends import Send
from bots.telegram.tables import DONE, SET_ASIDE, TURNED_AWAY, outbox, updates
from bots.telegram.writer import Writer
from evals.telegram_server import TelegramServer
from knowledge.sql import open_engine
from tests.telegram.conftest import Runs, echo

ROOT = Path(__file__).parents[2]
BOT = 42


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    opened = open_engine(database)
    yield opened
    opened.dispose()


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


def states(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        query = select(updates.c.state).order_by(updates.c.update_id)
        return list(connection.execute(query).scalars())


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
    assert len(states(engine)) == 1


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


def test_the_same_update_ten_times_in_parallel_and_out_of_order_is_answered_once(
    api: TelegramServer, webhook: Runs
) -> None:
    with webhook():
        sent = [api.message(chat, f"câu {n}") for chat in (1, 2) for n in range(3)] * 10
        random.Random(7).shuffle(sent)
        with httpx.Client(timeout=30) as client, ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda one: api.post(one, client), sent))
        api.wait(lambda: len(api.sent()) >= 6, 20)
        time.sleep(0.5)

    assert set(statuses) == {200}
    assert sorted(call.text for call in api.sent(1)) == [f"re: câu {n}" for n in range(3)]
    assert len(api.sent()) == 6


def test_an_update_that_keeps_failing_is_set_aside_with_an_apology_and_others_go_on(
    api: TelegramServer, polling: Runs, engine: Engine
) -> None:
    def handle(received: telegram.Update) -> list[Send]:
        assert received.effective_message is not None
        if received.effective_message.text == "bom":
            raise RuntimeError("hỏng")
        return list(echo(received))

    with polling(handle, tries=2):
        api.write(1, "bom")
        api.write(1, "sau bom")
        api.write(2, "khác")
        api.wait(lambda: len(api.sent(1)) == 2, 20)

    assert "Xin lỗi" in api.sent(1)[0].text
    assert api.sent(1)[1].text == "re: sau bom"
    assert api.sent(2)[0].at < api.sent(1)[0].at
    assert states(engine) == [SET_ASIDE, DONE, DONE]


def test_a_slow_chat_does_not_hold_the_others(api: TelegramServer, polling: Runs) -> None:
    handled: list[int] = []

    def handle(received: telegram.Update) -> list[Send]:
        assert received.effective_message is not None
        if received.effective_message.chat_id == 1:
            time.sleep(0.1)
        handled.append(received.effective_message.chat_id)
        return list(echo(received))

    with polling(handle, threads=2, drain=1):
        api.queue(*[api.message(1, f"{n}") for n in range(100)])
        api.wait(lambda: len(handled) > 3)
        api.write(2, "tôi nữa")
        api.wait(lambda: 2 in handled, 20)
        before = handled.index(2)

    # Chat 1 was in hand when chat 2 wrote; the rest of its hundred came later.
    assert before < 50


STORER = """
import sys
from bots.telegram.inbox import Inbox
from bots.telegram.writer import Writer
from knowledge.sql import open_engine
engine = open_engine(sys.argv[1])
inbox = Inbox(engine, Writer(engine), 42, 10)
number = int(sys.argv[2])
while True:
    number += 1
    inbox.store([{"update_id": number, "message": {"chat": {"id": number}}}]).result()
    print(number, flush=True)
"""


def test_what_was_acknowledged_is_there_after_kills_amid_transactions(
    database: str, engine: Engine
) -> None:
    acknowledged: set[int] = set()
    for round_ in range(3):
        storer = subprocess.Popen(
            [sys.executable, "-c", STORER, database, str(round_ * 100_000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert storer.stdout is not None
        acknowledged.update(int(storer.stdout.readline()) for _ in range(30 + round_))
        storer.kill()
        rest = storer.communicate()[0].splitlines()
        acknowledged.update(int(line) for line in rest if line)

    with engine.connect() as connection:
        stored = set(connection.execute(select(updates.c.update_id)).scalars())

    assert acknowledged <= stored
    assert len(acknowledged) >= 90


def test_a_locked_database_delays_the_acknowledgement_and_loses_nothing(
    api: TelegramServer, webhook: Runs, engine: Engine
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("a writer of PostgreSQL locks nobody out")
    with webhook():
        with engine.begin() as connection, ThreadPoolExecutor(1) as pool:
            connection.execute(text("UPDATE telegram_updates SET tries = tries"))
            posted = pool.submit(api.post, api.message(1, "chào"))
            time.sleep(0.7)
            waited = not posted.done()
            connection.commit()
            status = posted.result(10)
        api.wait(lambda: api.sent(1))

    assert (waited, status) == (True, 200)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(updates)).scalar() == 1
