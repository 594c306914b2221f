"""Takes updates from the inbox and has them answered."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import telegram

from bots.telegram.apology import apology
from bots.telegram.floor import Floor
from bots.telegram.inbox import Inbox, Taken
from bots.telegram.sends import Handle
from knowledge.together import holding

log = logging.getLogger(__name__)

_LONGEST_IDLE = 0.2
_DUE_EVERY = 60.0
_QUICK = 0.3
_PATIENCE = 0.1
_OURS = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class WorkRules:
    """How many updates at a time, how often each is tried, how long one is held (seconds)."""

    threads: int
    tries: int
    lease: float


class Worker:
    """Handles updates in threads; `count` hears handled, failed, set_aside or overtaken.

    A handler with a method `due(now)` is asked every minute for what is due; it may be asked by
    several workers at once.
    """

    def __init__(
        self,
        inbox: Inbox,
        handle: Handle,
        rules: WorkRules,
        floor: Floor,
        count: Callable[[str], None] = lambda result: None,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._rules = rules
        self._floor = floor
        self._count = count
        self._in_hand: dict[int, Taken] = {}
        self._unanswered = 0
        self._usual = 0.0
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._renewed_at = time.monotonic()
        self._due_at = time.monotonic()
        self._pool = ThreadPoolExecutor(rules.threads, "telegram-answer")
        self._thread = threading.Thread(target=self._run, name="telegram-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something new."""
        self._woken.set()

    def stop(self, patience: float) -> bool:
        """Take nothing more and finish what is in hand; whether that was done in time."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(patience)
        finished = not self._thread.is_alive()
        self._pool.shutdown(wait=finished, cancel_futures=True)
        return finished

    def _run(self) -> None:
        while not self._stopping.is_set() or self._in_hand:
            try:
                self._renew()
                self._ask_due()
                found = self._take()
            except Exception as error:
                log.error("the inbox cannot be read: %s", type(error).__name__)
                found, pause = False, 1.0
            else:
                pause = _LONGEST_IDLE
            if not found:
                self._woken.wait(0.02 if self._stopping.is_set() else pause)
                self._woken.clear()

    def _take(self) -> bool:
        room = 0 if self._stopping.is_set() else self._room()
        taken = self._inbox.take(room, not self._in_hand) if room else []
        for one in taken:
            with self._lock:
                self._in_hand[one.id] = one
                self._unanswered += 1
            self._pool.submit(self._answer, one)
        return bool(taken)

    def _room(self) -> int:
        """How many more to take. While answers are quick, some wait here for a thread, so that
        several are taken at a time; slow ones are left to whoever is free."""
        threads = self._rules.threads
        if any(one.is_suspect for one in self._held()):
            return 0
        if self._usual > _QUICK:
            return threads - self._unanswered
        room = 2 * threads - self._unanswered
        return room if room >= threads else 0

    def _renew(self) -> None:
        if time.monotonic() - self._renewed_at < self._rules.lease / 3:
            return
        self._renewed_at = time.monotonic()
        self._inbox.renew(self._held())

    def _held(self) -> list[Taken]:
        with self._lock:
            return list(self._in_hand.values())

    def _ask_due(self) -> None:
        due = getattr(self._handle, "due", None)
        if callable(due) and time.monotonic() >= self._due_at and not self._stopping.is_set():
            self._due_at = time.monotonic() + _DUE_EVERY
            self._pool.submit(self._hand_over, due)

    def _hand_over(self, due: Callable[[datetime], object]) -> None:
        try:
            due(datetime.now(UTC))
        except Exception as error:
            log.error("what is due was not handed over: %s", type(error).__name__)

    def _answer(self, taken: Taken) -> None:
        # Where answers take long they mostly wait for something, and do so beside each other.
        with self._floor.taken(_PATIENCE if self._usual <= _QUICK else 0.0):
            self._answer_now(taken)

    def _answer_now(self, taken: Taken) -> None:
        started = time.monotonic()
        try:
            future, result = self._handled(taken)
        except Exception as error:
            self._settle(taken, "", error)
        else:
            # This thread goes on to the next update while the answer is committed.
            future.add_done_callback(lambda done: self._committed(taken, result, done))
        finally:
            with self._lock:
                self._unanswered -= 1
                self._usual += 0.1 * (time.monotonic() - started - self._usual)
            self._woken.set()

    def _committed(self, taken: Taken, result: str, done: Future[Any]) -> None:
        error = done.exception()
        is_ours = error is not None or done.result() is not False
        self._settle(taken, result if is_ours else "overtaken", error)

    def _settle(self, taken: Taken, result: str, error: BaseException | None) -> None:
        if error is not None:
            log.error("update %d stays in the inbox: %s", taken.id, type(error).__name__)
        with self._lock:
            del self._in_hand[taken.id]
        self._woken.set()
        if error is None:
            self._count(result)

    def _handled(self, taken: Taken) -> tuple[Future[Any], str]:
        """What will be committed of an update, and what has then become of it."""
        if taken.tries > self._rules.tries:
            return self._give_up(taken, "its worker died each time")
        try:
            update = telegram.Update.de_json(json.loads(taken.body), None)
            with holding(self._inbox.url) as held:
                sends = self._handle(update)
        except Exception as error:
            # Not the message of the error, which may repeat what a person wrote.
            log.error("update %d failed: %s\n%s", taken.id, type(error).__name__, _where(error))
            if taken.tries >= self._rules.tries:
                return self._give_up(taken, type(error).__name__)
            return self._inbox.put_back(taken, 0.5 * 2**taken.tries), "failed"
        return self._inbox.done(taken, sends, held), "handled"

    def _give_up(self, taken: Taken, reason: str) -> tuple[Future[Any], str]:
        log.error("update %d is set aside after %d tries: %s", taken.id, taken.tries - 1, reason)
        return self._inbox.set_aside(taken, apology(json.loads(taken.body))), "set_aside"


def _where(error: Exception) -> str:
    """The last steps in our own code."""
    steps = traceback.extract_tb(error.__traceback__)
    ours = [s for s in steps if _OURS in s.filename and "site-packages" not in s.filename]
    return "".join(traceback.format_list(ours[-4:]))
