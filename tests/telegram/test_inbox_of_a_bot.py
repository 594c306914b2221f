"""The inbox of a bot that runs: twice the same, failures, slow chats, kills, a locked database."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import telegram
from sqlalchemy import Engine, func, select, text

from bots.telegram.sends import Send
from bots.telegram.tables import DONE, SET_ASIDE, updates
from evals.telegram_server import TelegramServer
from tests.telegram.conftest import Runs, echo

ROOT = Path(__file__).parents[2]


def states(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        query = select(updates.c.state).order_by(updates.c.update_id)
        return list(connection.execute(query).scalars())


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
