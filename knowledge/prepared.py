"""Statements that every message runs, compiled once.

What SQLite answers in microseconds takes SQLAlchemy a tenth of a millisecond to hand over, which
was a sixth of an answer on Telegram. So on SQLite these statements go to the driver. Elsewhere,
where a statement waits for the network anyway, SQLAlchemy runs them.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from knowledge.sql import reading

Parameters = Mapping[str, Any]
_Change = Callable[[Any], Any]
_SQLITE = SQLiteDialect_pysqlite(paramstyle="named")


class Prepared:
    """A statement with bind parameters; every run names the same ones.

    It may not hold lists (`IN` over an expanding parameter): their length changes its text.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._on_sqlite: _OnSqlite | None = None

    def rows(self, engine: Engine, parameters: Parameters) -> Sequence[Any]:
        """What it finds, read outside of any transaction."""
        if engine.dialect.name != "sqlite":
            with reading(engine).connect() as connection:
                found: Sequence[Any] = connection.execute(self.statement, parameters).all()
                return found
        pooled = engine.raw_connection()
        try:
            return self._compiled(parameters).run(pooled.driver_connection, parameters)
        finally:
            pooled.close()

    def run(self, connection: Connection, parameters: Parameters) -> Sequence[Any]:
        """The rows it returns, in a transaction that the caller has begun."""
        if connection.dialect.name != "sqlite":
            result = connection.execute(self.statement, parameters)
            return result.all() if result.returns_rows else ()
        driver = connection.connection.driver_connection
        return self._compiled(parameters).run(driver, parameters)

    def run_each(self, connection: Connection, many: Sequence[Parameters]) -> None:
        """Run it with each of many parameters, in a transaction that the caller has begun."""
        for parameters in many:
            self.run(connection, parameters)

    def _compiled(self, parameters: Parameters) -> _OnSqlite:
        if self._on_sqlite is None:
            self._on_sqlite = _OnSqlite(self.statement, list(parameters))
        return self._on_sqlite


class _OnSqlite:
    """The text of a statement, and what becomes of values that go in and come out."""

    def __init__(self, statement: Any, names: list[str]) -> None:
        compiled = statement.compile(dialect=_SQLITE, column_keys=names)
        assert isinstance(compiled, SQLCompiler)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._text = str(compiled)
        self._names = set(names)
        # What the statement itself says, as `.limit(12)` does, is a parameter too.
        self._told = {k: v for k, v in compiled.params.items() if not binds[k].required}
        going_in = {name: _going_in(bind.type) for name, bind in binds.items()}
        self._in = {name: change for name, change in going_in.items() if change is not None}
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        self._out = [_coming_out(column.type) for column in columns]
        self._row: Any = None

    def run(self, connection: Any, parameters: Parameters) -> Sequence[Any]:
        if parameters.keys() != self._names:
            raise TypeError(f"Given {sorted(parameters)}, first {sorted(self._names)}")
        values = {**self._told, **parameters}
        for name, change in self._in.items():
            values[name] = change(values[name])
        try:
            cursor = connection.execute(self._text, values)
            found = cursor.fetchall()
        except sqlite3.Error as error:
            # As everybody expects it. Without the values, which a log must not show.
            raise DBAPIError.instance(self._text, None, error, sqlite3.Error) from error
        return self._named(cursor.description, found) if found else ()

    def _named(self, description: Any, found: list[Any]) -> Sequence[Any]:
        if self._row is None:
            self._row = namedtuple("Row", [told[0] for told in description])  # type: ignore[misc]
        if any(self._out):
            found = [self._changed(row) for row in found]
        return list(map(self._row._make, found))

    def _changed(self, row: Sequence[Any]) -> list[Any]:
        pairs = zip(row, self._out, strict=True)
        return [value if change is None else change(value) for value, change in pairs]


def _going_in(type_: Any) -> _Change | None:
    change: _Change | None = type_.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    return change


def _coming_out(type_: Any) -> _Change | None:
    change: _Change | None = type_.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    return change
