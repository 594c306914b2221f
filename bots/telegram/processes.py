"""Worker processes: each has a conversation of its own and takes updates from the same inbox.

A pipe ties each to the serving process. Bytes to the worker: `w` something is new, `s` stop; its
end means that the server died. Words from the worker: what became of an update.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from bots.telegram.delivery import open_delivery
from bots.telegram.sends import Conversation
from bots.telegram.settings import TelegramSettings
from bots.telegram.worker import Worker, WorkRules

log = logging.getLogger(__name__)

_RESTART_PAUSE = 1.0
_spawning = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Plan:
    """What a worker process is started with."""

    settings: TelegramSettings
    database_url: str
    bot_name: str
    conversation: Conversation

    @property
    def rules(self) -> WorkRules:
        """How a worker works."""
        return WorkRules(self.settings.threads, self.settings.tries, self.settings.lease)


def work(plan: Plan, pipe: Connection) -> None:
    """The life of a worker process."""
    # A stop is told through the pipe: service managers signal every process of a service.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    lock = threading.Lock()

    def tell(result: str) -> None:
        with lock:
            try:
                pipe.send_bytes(result.encode())
            except OSError:
                return  # The server died; the answer is stored all the same.

    delivery = open_delivery(plan.settings, plan.database_url)
    handle = plan.conversation(delivery.tools(plan.bot_name, lambda: tell("put")))
    worker = Worker(delivery.inbox, handle, plan.rules, tell)
    _obey(pipe, worker)
    worker.stop(plan.settings.drain)
    close_handle(handle)
    delivery.close()


def _obey(pipe: Connection, worker: Worker) -> None:
    try:
        while pipe.recv_bytes() != b"s":
            worker.wake()
    except (EOFError, OSError):
        return


def close_handle(handle: object) -> None:
    """Close what a conversation holds, if it holds anything."""
    close = getattr(handle, "close", None)
    if callable(close):
        close()


class Processes:
    """Worker processes, started again when they die."""

    def __init__(self, plan: Plan, hear: Callable[[str], None]) -> None:
        self._plan = plan
        self._hear = hear
        self._stopping = False
        self._pipes: dict[int, Connection] = {}
        self._threads = [
            threading.Thread(target=self._keep, args=(number,), daemon=True)
            for number in range(plan.settings.workers)
        ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something new."""
        self._tell(b"w")

    def stop(self, patience: float) -> bool:
        """Let all finish what is in hand; whether they did in time."""
        self._stopping = True
        self._tell(b"s")
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _tell(self, word: bytes) -> None:
        for pipe in list(self._pipes.values()):
            try:
                pipe.send_bytes(word)
            except OSError:
                continue  # It died just now; its successor looks by itself.

    def _keep(self, number: int) -> None:
        while not self._stopping:
            ours, theirs = _spawning.Pipe()
            process = _spawning.Process(target=work, args=(self._plan, theirs))
            process.start()
            theirs.close()
            self._pipes[number] = ours
            if self._stopping:
                self._tell(b"s")
            self._listen(ours)
            self._end(number, process)
            if not self._stopping:
                log.error("a worker process ended with %s; another starts", process.exitcode)
                time.sleep(_RESTART_PAUSE)

    def _listen(self, pipe: Connection) -> None:
        try:
            while True:
                self._hear(pipe.recv_bytes().decode())
        except (EOFError, OSError):
            return

    def _end(self, number: int, process: SpawnProcess) -> None:
        process.join()
        self._pipes.pop(number).close()
