"""A second process that answers, because one interpreter keeps only one core busy.

It is a fork: records, word lists and tables of the index are shared with the process that serves,
until one of them writes there. What a fork may not carry over, connections and threads, is let go
before it and opened again by each.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process

from assistant.bootstrap import Assistant
from assistant.models import Answer, Block, Question
from knowledge.cores import take_turn

log = logging.getLogger(__name__)
_PATIENCE = 60.0  # seconds; far more than an answer takes on the slowest machine
_assistant: Assistant | None = None  # in the process beside, the one it was begun with


class Beside:
    """Answers in a process of its own, without a language model; thread-safe."""

    def __init__(self, assistant: Assistant, listener: socket.socket, turn: int = 1) -> None:
        """Forks at once, to the core whose `turn` it is. `assistant` must rest and this process
        have one thread; `listener` is closed there, so that the port is free when this one ends."""
        self._here = assistant
        before = set(active_children())
        told = (assistant, listener, turn)
        self._pool = ProcessPoolExecutor(1, get_context("fork"), _begin, told)
        self._begun = self._pool.submit(os.getpid)
        self._process = (set(active_children()) - before).pop()

    def reply(self, question: Question) -> Answer:
        """The answer; from here when the other process has died, and when it no longer answers."""
        try:
            if self._process.is_alive():
                return self._pool.submit(_reply, question).result(_PATIENCE)
        except (BrokenProcessPool, TimeoutError) as error:
            self._give_up(error)
        return self._here.reply(question)

    def stream(self, question: Question) -> Iterator[Block | Answer]:
        """All blocks at once, then the answer."""
        answer = self.reply(question)
        yield from answer.blocks
        yield answer

    def wait(self) -> None:
        """Until it can answer, or has shown that it cannot: then it is ended."""
        try:
            self._begun.result(_PATIENCE)
        except (BrokenProcessPool, TimeoutError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        log.warning("a process beside does not answer (%s)", type(error).__name__)
        self._process.kill()

    def close(self) -> None:
        """End the process, after the answer it is at."""
        self._pool.shutdown(cancel_futures=True)


def _begin(assistant: Assistant, listener: socket.socket, turn: int) -> None:
    global _assistant
    take_turn(turn)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that serves
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    listener.close()
    _assistant = assistant
    assistant.greet()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _reply(question: Question) -> Answer:
    assert _assistant is not None
    return _assistant.reply(question)
