"""Keeps a language model from holding people up: deadlines, pauses before retries, a breaker."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.errors import LanguageModelError

_FIRST_PAUSE = 0.4  # seconds
_LONGEST_PAUSE = 8.0


@dataclass(frozen=True)
class Deadline:
    """A moment by which all calls for one purpose must be over."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds that are left; nothing or less when it is over."""
        return self.at - time.monotonic()


def pauses(retries: int) -> Iterator[float]:
    """Seconds to wait before each retry: doubling, and spread so that callers do not march."""
    for attempt in range(retries):
        pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
        yield pause * random.uniform(0.5, 1.0)


class Breaker:
    """Stops calling a model that keeps failing; after a pause one call may try. Thread-safe."""

    def __init__(
        self, failures: int, pause: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._pause = pause
        self._now = now
        self._mutex = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for one that tries."""
        return self._opened_at is not None

    def enter(self) -> None:
        """Ask leave to call; raises LanguageModelError while the breaker is open."""
        with self._mutex:
            if self._opened_at is None:
                return
            if self._probing or self._now() - self._opened_at < self._pause:
                raise LanguageModelError("The language model failed lately and is left alone.")
            self._probing = True

    def succeeded(self) -> None:
        """A call went well: all is forgotten."""
        with self._mutex:
            self._failures, self._opened_at, self._probing = 0, None, False

    def failed(self) -> None:
        """A call failed; enough of them in a row, or one that tried, open the breaker."""
        with self._mutex:
            self._failures += 1
            if self._probing or self._failures >= self._limit:
                self._opened_at = self._now()
            self._probing = False

    def gave_up(self) -> None:
        """The caller left before the end: neither good nor bad."""
        with self._mutex:
            self._probing = False
