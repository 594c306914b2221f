"""Answers and commits of one process, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import telegram

from bots.telegram.floor import Floor
from bots.telegram.sends import Send
from bots.telegram.writer import Writer
from evals.telegram_server import TelegramServer
from knowledge.sql import open_engine
from tests.telegram.conftest import Runs, echo


def test_the_floor_is_waited_for_and_not_for_ever() -> None:
    floor, order = Floor(), list[str]()

    def next_one(patience: float, name: str) -> None:
        with floor.taken(patience):
            order.append(name)

    with floor.taken(0):
        waits = threading.Thread(target=next_one, args=(10, "patient"))
        waits.start()
        next_one(0.05, "hasty")
        next_one(0.0, "hastier")  # Neither has given the floor away that was not theirs.
        order.append("first")
    waits.join()

    assert order == ["hasty", "hastier", "first", "patient"]


def test_a_commit_waits_for_an_answer_and_an_acknowledgement_does_not(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'motcua.db'}")
    writer = Writer(engine)

    with writer.floor.taken(0):
        started = time.monotonic()
        writer.submit(lambda _: None, outlives_power=True).result()
        acknowledged = time.monotonic() - started
        writer.submit(lambda _: None).result()
        committed = time.monotonic() - started - acknowledged

    assert committed >= 0.05 > acknowledged
    writer.close()
    engine.dispose()


def test_quick_answers_of_a_process_are_made_one_after_another(
    api: TelegramServer, polling: Runs
) -> None:
    now, alone = [0], list[bool]()

    def handle(update: telegram.Update) -> Sequence[Send]:
        now[0] += 1
        alone.append(now[0] == 1)
        time.sleep(0.005)
        now[0] -= 1
        return echo(update)

    with polling(handle):
        for chat in range(1, 21):
            api.write(chat, "xin chào")
        api.wait(lambda: len(api.sent()) == 20, 30)

    assert alone.count(True) > 12  # One whose processor was taken away is not waited for.
