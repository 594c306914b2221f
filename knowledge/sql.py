"""The SQL database: engine, tables' home and migrations, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from knowledge.errors import CatalogError

SCHEMA_REVISION = "0005"
_MIGRATIONS = Path(__file__).parent / "migrations"


METADATA = MetaData()
"""Every table of the project hangs on it, so one migration history serves all."""


def open_engine(url: str, *, outlives_power: bool = True, tidies: bool = True) -> Engine:
    """An engine for `url` with its schema up to date.

    SQLite runs in WAL mode and writers begin at once, so that two of them wait instead of failing.
    What is committed survives a killed process; without `outlives_power` a power cut may take the
    last moments of it, and a commit does not wait for the disk. Unless it `tidies`, no commit stops
    to carry the log into the database: the owner calls `tidy`. PostgreSQL keeps its own settings.
    Raises CatalogError when the URL is wrong or the database cannot be reached.
    """
    try:
        parsed = _with_driver(make_url(url))
        engine = create_engine(parsed)
        if parsed.get_backend_name() == "sqlite":
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
            _tune_sqlite(engine, "FULL" if outlives_power else "NORMAL", tidies)
        with _disposed_on_error(engine):
            if _revision(engine) != SCHEMA_REVISION:
                _migrate(engine)
    except (ArgumentError, ValueError) as error:
        raise CatalogError(
            "MOTCUA_DATABASE_URL is not a database URL. Write sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ) from error
    except (OperationalError, DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise CatalogError(f"The database cannot be opened: {reason}") from error
    return engine


@contextmanager
def _disposed_on_error(engine: Engine) -> Iterator[None]:
    """A database that is refused must not keep its connections."""
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        yield
        stack.pop_all()


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise CatalogError(
            f"MOTCUA_DATABASE_URL names {url.get_backend_name()}; only SQLite and PostgreSQL work"
        )
    return url


def lock_for_writing(connection: Connection) -> None:
    """One writer of the catalogue at a time: numbers of versions are counted up by writers.

    SQLite's write transactions already exclude each other; PostgreSQL's wait for this lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(6831)"))


def tidy(engine: Engine) -> None:
    """Carry SQLite's log into the database as far as nobody reads it; keeps no writer waiting."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()  # Past SQLAlchemy, which would begin a transaction.
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()


def _tune_sqlite(engine: Engine, synchronous: str, tidies: bool) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, begins transactions
        for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        if not tidies:
            connection.execute("PRAGMA wal_autocheckpoint=0")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        # A transaction that reads first and writes later would fail at once, not wait.
        only_reads = connection.get_execution_options().get("read_only")
        begin = "BEGIN" if only_reads else "BEGIN IMMEDIATE"
        try:
            # Past SQLAlchemy, which costs more than most transactions.
            connection.connection.driver_connection.execute(begin)
        except sqlite3.Error as error:
            raise DBAPIError.instance(begin, None, error, sqlite3.Error) from error


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: on SQLite they take no write lock."""
    return engine.execution_options(read_only=True)


def aware(moment: datetime) -> datetime:
    """A stored moment with its zone: SQLite gives it back without, and all are kept in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class SqlStore:
    """Rows of one kind in the database, with a clock; safe for several processes at once.

    What writes opens a transaction on the engine, what only reads uses the reader.
    """

    def __init__(
        self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._reader = reading(engine)
        self._now = now

    @classmethod
    def open_at(cls, url: str) -> Self:
        """Open the database at `url`; raises CatalogError when it cannot be opened."""
        return cls(open_engine(url))


def _revision(engine: Engine) -> str | None:
    with reading(engine).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found else None


def _migrate(engine: Engine) -> None:
    """Bring the schema to SCHEMA_REVISION; a newer one is refused."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two processes that start together must not both create the tables.
            connection.execute(text("SELECT pg_advisory_xact_lock(6830)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise CatalogError(
                f"The database was made by another version of Một Cửa: {error}. "
                "Install that version, or point MOTCUA_DATABASE_URL elsewhere."
            ) from error
