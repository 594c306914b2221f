"""Who computes in a process: an answer or a commit, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Floor:
    """Python runs one thread at a time. Threads that compute beside a commit hold it up at each of
    its statements, and with it all processes that wait for their turn to write; threads that make
    answers beside each other take turns, and none is ready sooner.

    Whoever has the floor for long, as one who waits for a model does, is not waited for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, patience: float) -> Iterator[None]:
        """Within the block the floor is ours, or somebody has kept it for `patience` seconds."""
        ours = self._lock.acquire(timeout=patience)
        try:
            yield
        finally:
            if ours:
                self._lock.release()
