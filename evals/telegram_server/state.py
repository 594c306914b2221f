"""What the server knows: chats, messages, updates, files, and every call that was made."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.telegram_server.faults import Fault


def _now() -> int:
    """Tenths of a second since 2025 began: a number that no earlier server gave."""
    return int((time.time() - 1_735_689_600) * 10)


class Refusal(Exception):
    """A call is answered with an error."""

    def __init__(
        self, code: int, description: str, retry_after: float | None = None, moved_to: int = 0
    ) -> None:
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to
        super().__init__(description)


@dataclass(frozen=True)
class Sent:
    """A call, as it came. `code` is what it was answered, 0 when the answer was cut."""

    at: float
    method: str
    chat: int | None
    parameters: Mapping[str, Any]
    files: Mapping[str, bytes]
    code: int
    message_id: int | None = None

    @property
    def text(self) -> str:
        """The text or caption."""
        return str(self.parameters.get("text") or self.parameters.get("caption") or "")


@dataclass
class Webhook:
    """Where updates are to be posted."""

    url: str
    secret: str


@dataclass
class State:
    """Everything; touched only by the server's own loop, except for reading."""

    token: str
    bot_name: str
    file_limit: int = 20 * 1024 * 1024
    chats: set[int] = field(default_factory=set)
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    contents: dict[tuple[int, int], str] = field(default_factory=dict)
    callbacks: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    members: dict[tuple[int, int], str] = field(default_factory=dict)
    commands: dict[str, list[Any]] = field(default_factory=dict)
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    webhook: Webhook | None = None
    faults: list[Fault] = field(default_factory=list)
    closed_until: dict[int | None, float] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    poller: int = 0
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(_now()))

    @property
    def bot_id(self) -> int:
        """The number of the bot."""
        return int(self.token.partition(":")[0])

    def fault(self, method: str, chat: int | None) -> Fault | None:
        """The fault that this call meets, one time less to come."""
        for fault in self.faults:
            if fault.fits(method, chat):
                fault.times -= 1
                return fault
        return None

    def check_closed(self, chat: int | None) -> None:
        """Refuse calls before the time that a 429 told is over."""
        for whom in {None, chat}:
            left = self.closed_until.get(whom, 0) - time.time()
            if left > 0:
                raise Refusal(429, f"Too Many Requests: retry after {round(left) + 1}", left)
