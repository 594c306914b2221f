"""Makes sure that only one process sends for a bot: the pace of Telegram is one for all.

The lock goes with the process, so the next may send at once after a crash.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError

_LOCK = 6832


class Sole(Protocol):
    """A lock that one process holds."""

    def acquire(self) -> bool:
        """Whether this process holds it now, whether it did before or not; never waits."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


def sole_sender(engine: Engine, bot: int) -> Sole:
    """The lock of a bot's sender on this database; on PostgreSQL, in this schema of it."""
    if engine.dialect.name == "postgresql":
        return _Session(engine, bot)
    return _File(Path(f"{engine.url.database}.telegram-{bot}.lock"))


class _File:
    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, thread_local=False)

    def acquire(self) -> bool:
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def release(self) -> None:
        self._lock.release()


# Of these tables and this bot: bots in other schemas of the same database have boxes of their own.
_ASK = text(
    "SELECT pg_try_advisory_lock("
    "    :lock, hashint8(:bot) # CAST(CAST(to_regclass('telegram_outbox') AS oid) AS integer))"
)


class _Session:
    """PostgreSQL keeps the lock as long as the connection lives."""

    def __init__(self, engine: Engine, bot: int) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._bot = bot
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._try()
        except DBAPIError:
            self.release()
            return False

    def _try(self) -> bool:
        connection = self._engine.connect()
        if connection.execute(_ASK, {"lock": _LOCK, "bot": self._bot}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def release(self) -> None:
        if self._connection is not None:
            # Said, because the server may notice late that a connection has ended.
            with suppress(DBAPIError, InvalidRequestError):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            # Not back to the pool, where it would keep the lock if it still had it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
