"""Processes beside the serving one: workers, each with a conversation of its own, take updates from
the same inbox; another sends.

A pipe ties each to the serving process. Bytes to it: `w` something is new, `s` and a number: stop
within so many seconds; the pipe's end means that the server died. Words from it: what became of an
update or a message.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from bots.telegram.delivery import open_delivery
from bots.telegram.sends import Conversation
from bots.telegram.settings import TelegramSettings
from bots.telegram.worker import Worker, WorkRules
from knowledge.cores import take_turn

log = logging.getLogger(__name__)

_RESTART_PAUSE = 1.0
# What waits for an answer must not hold up what waits for an acknowledgement or is ready to go.
_BEHIND = 5
_SHORT_TURN = 0.0005
_spawning = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Plan:
    """What a worker process is started with."""

    settings: TelegramSettings
    database_url: str
    bot_name: str
    conversation: Conversation
    turn: int = 0  # which one of its kind it is

    @property
    def rules(self) -> WorkRules:
        """How a worker works."""
        return WorkRules(self.settings.threads, self.settings.tries, self.settings.lease)


Life = Callable[[Plan, Connection], None]
"""What a process does from its first moment to its last; a function of a module."""


def take_short_turns() -> None:
    """Let threads have the interpreter in turns of half a millisecond, not five.

    Who writes gives it up with each statement and holds the turn of all processes until the last:
    among threads that make answers a commit took up to a tenth of a second, and the next
    acknowledgement waited for it."""
    sys.setswitchinterval(_SHORT_TURN)


def deaf_to_signals() -> None:
    """A stop is told through the pipe: service managers signal every process of a service."""
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)


def mouth(pipe: Connection) -> Callable[[str], None]:
    """What tells the serving process a word, from any thread."""
    lock = threading.Lock()

    def tell(word: str) -> None:
        # When the server has died, all that matters is stored all the same.
        with lock, suppress(OSError):
            pipe.send_bytes(word.encode())

    return tell


def work(plan: Plan, pipe: Connection) -> None:
    """The life of a worker process."""
    deaf_to_signals()
    take_short_turns()
    take_turn(plan.turn)
    os.nice(_BEHIND)
    tell = mouth(pipe)
    delivery = open_delivery(plan.settings, plan.database_url)
    handle = plan.conversation(delivery.tools(plan.bot_name, lambda: tell("put")))
    worker = Worker(delivery.inbox, handle, plan.rules, delivery.writer.floor, tell)
    _obey(pipe, worker)
    worker.stop(plan.settings.drain)
    close_handle(handle)
    delivery.close()


def _obey(pipe: Connection, worker: Worker) -> None:
    try:
        while not pipe.recv_bytes().startswith(b"s"):
            worker.wake()
    except (EOFError, OSError):
        return


def close_handle(handle: object) -> None:
    """Close what a conversation holds, if it holds anything."""
    close = getattr(handle, "close", None)
    if callable(close):
        close()


def _has_room(pipe: Connection) -> bool:
    """Whether a word can be said without waiting."""
    ready = select.poll()
    ready.register(pipe, select.POLLOUT)
    return bool(ready.poll(0))


class Processes:
    """`number` processes with one life, started again when they die; `hear` gets their words."""

    def __init__(self, plan: Plan, life: Life, number: int, hear: Callable[[str], None]) -> None:
        self._plan = plan
        self._life = life
        self._hear = hear
        self._last_word: bytes | None = None
        self._pipes: dict[int, Connection] = {}
        self._threads = [
            threading.Thread(target=self._keep, args=(one,), daemon=True) for one in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something new; never waits."""
        for pipe in list(self._pipes.values()):
            # One that loads or is busy has not read the last hundred; they tell it the same.
            with suppress(OSError):
                if _has_room(pipe):
                    pipe.send_bytes(b"w")

    def stop(self, patience: float) -> bool:
        """Let all finish what is in hand; whether they did in time."""
        self._last_word = f"s{patience}".encode()
        self._tell(self._last_word)
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _tell(self, word: bytes) -> None:
        for pipe in list(self._pipes.values()):
            with suppress(OSError):  # It died just now; its successor looks by itself.
                pipe.send_bytes(word)

    def _keep(self, number: int) -> None:
        while self._last_word is None:
            ours, theirs = _spawning.Pipe()
            plan = replace(self._plan, turn=number)
            process = _spawning.Process(target=self._life, args=(plan, theirs))
            process.start()
            theirs.close()
            self._pipes[number] = ours
            if self._last_word is not None:
                self._tell(self._last_word)
            self._listen(ours)
            self._end(number, process)
            if self._last_word is None:
                log.error("a %s process ended with %s", self._life.__name__, process.exitcode)
                time.sleep(_RESTART_PAUSE)

    def _listen(self, pipe: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._hear(pipe.recv_bytes().decode())

    def _end(self, number: int, process: SpawnProcess) -> None:
        process.join()
        self._pipes.pop(number).close()
