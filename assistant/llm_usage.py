"""What a language model was used for: calls, tokens, cost and time, in all and for one answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One call. Tokens are None when the provider did not count them; cost is in the currency of
    the prices that were set, seconds are wall-clock time."""

    seconds: float
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float = 0.0
    failed: bool = False


@dataclass
class Usage:
    """Calls added up; thread-safe. `uncounted` are calls whose tokens nobody counted."""

    calls: int = 0
    failures: int = 0
    uncounted: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    _mutex: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def tokens(self) -> int:
        """Read and written together."""
        return self.input_tokens + self.output_tokens

    def add(self, call: Call) -> None:
        """Count one more call."""
        with self._mutex:
            self.calls += 1
            self.failures += call.failed
            self.uncounted += call.output_tokens is None
            self.input_tokens += call.input_tokens or 0
            self.output_tokens += call.output_tokens or 0
            self.cost += call.cost
            self.seconds += call.seconds


_open: ContextVar[tuple[Usage, ...]] = ContextVar("open_usages", default=())


@contextmanager
def spending() -> Iterator[Usage]:
    """Counts every call made inside, for one answer or one case:
    `with spending() as spent: answer = assistant.reply(question)`."""
    usage = Usage()
    token = _open.set((*_open.get(), usage))
    try:
        yield usage
    finally:
        _open.reset(token)


def record(call: Call, total: Usage) -> None:
    """Count a call in the total and in everything being counted around it."""
    for usage in (total, *_open.get()):
        usage.add(call)
