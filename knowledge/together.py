"""Writes that several stores make for one cause, committed together with what they belong to.

Whoever handles an update, a request or a job may hold back what the stores under it write, and run
it in a transaction of its own: all of it stands, or none. Elsewhere a write is done at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

Write = Callable[[Connection], None]


@dataclass
class Held:
    """Writes for one database, in their order."""

    url: URL
    writes: list[Write] = field(default_factory=list)


_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def holding(url: URL) -> Iterator[Held]:
    """Within the block, what is written to the database at `url` is held back, in this thread."""
    held = Held(url)
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


def write_together(engine: Engine, write: Write) -> None:
    """Do `write` with what is held for this database, else at once in a transaction of its own.

    What is held cannot be read before it is committed; it is done once more when a commit fails.
    """
    held = _held.get()
    if held is not None and held.url == engine.url:
        held.writes.append(write)
        return
    with engine.begin() as connection:
        write(connection)
