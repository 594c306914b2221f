"""The Telegram bot killed again and again: nothing may be lost, and hardly anything told twice.

Lives end by SIGKILL at a random moment after the bot takes requests; half of them only when it has
answered something, so that answers are on their way; every fifth while it still starts.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from evals.bench.report import Figure
from evals.bench.telegram_trial import (
    QUESTION,
    Trial,
    begin,
    free_port,
    poster_to,
    settle,
    start,
    wait,
)
from evals.telegram_server import TelegramServer

_UPDATES = 20  # for each life
_MOMENT = 1.0
_STARTING = 5  # every so many lives end during start-up
_STARTS_WITHIN = 2.0
_PATIENCE = 300.0


def killed(trial: Trial) -> Iterator[Figure]:
    """Twenty updates for each life of the bot; what was answered when the last is left alone."""
    number = trial.kills * _UPDATES
    with TelegramServer() as api, ThreadPoolExecutor(_UPDATES) as pool:
        poster, port = poster_to(api), free_port()
        posted: list[Future[None]] = []
        for life in range(trial.kills):
            updates = [api.message(1000 + len(posted) + n, QUESTION) for n in range(_UPDATES)]
            posted += [pool.submit(poster.post, update) for update in updates]
            _live(trial, api, port, life)
        last = start(trial, api, port, workers=1)
        for future in posted:
            future.result(120)
        # What is never answered shows in the figure.
        with suppress(TimeoutError):
            wait(lambda: len(_answered_chats(api)) >= number, _PATIENCE)
        texts = _settled(api)
        last.send_signal(signal.SIGTERM)
        code = last.wait(60)
    usual = Counter(frozenset(told) for told in texts.values()).most_common(1)[0][0]
    answered = sum(set(told) == usual for told in texts.values())
    again = sum(len(told) - len(set(told)) for told in texts.values())
    kills = f"{trial.kills} kills, {sum(map(_starts, range(trial.kills)))} of them during start-up"
    name = f"answered of {number} updates through {kills}"
    yield Figure(name, answered, number, "", at_most=False)
    yield Figure("messages that came twice", again, trial.kills, "")
    yield Figure("exit code after SIGTERM", code, 0, "")


def _starts(life: int) -> bool:
    """Whether this life ends during start-up."""
    return life % _STARTING == _STARTING - 1


def _live(trial: Trial, api: TelegramServer, port: int, life: int) -> None:
    """One life, from its start to its kill; the moment is random, the same in each run."""
    rng = random.Random(life)
    if _starts(life):
        process = begin(trial, api, port, workers=1)
        time.sleep(rng.uniform(0, _STARTS_WITHIN))
    else:
        before = len(api.sent())
        process = start(trial, api, port, workers=1)
        if life % 2:
            api.wait(lambda: len(api.sent()) > before, _PATIENCE)
        time.sleep(rng.uniform(0, _MOMENT))
    process.kill()
    process.wait()


def _answered_chats(api: TelegramServer) -> set[int | None]:
    """Who was told something that is an answer: the first message to a new chat is a notice."""
    told = Counter(call.chat for call in api.sent())
    return {chat for chat, number in told.items() if number > 1}


def _settled(api: TelegramServer) -> dict[int | None, list[str]]:
    """What each chat was told, when nothing more comes."""
    settle(api, 8)
    texts = defaultdict(list)
    for call in api.sent():
        texts[call.chat].append(call.text)
    return texts
