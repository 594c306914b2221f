"""Statements that every message runs give the same on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.conversations import TURNS
from knowledge.prepared import Prepared
from knowledge.sql import aware, open_engine

_OF = TURNS.c.conversation == bindparam("key")
_ADD = Prepared(insert(TURNS).returning(TURNS.c.id))
_NUMBERED = Prepared(insert(TURNS))
_LATE = Prepared(
    select(TURNS.c.body, TURNS.c.said_at)
    .where(_OF, TURNS.c.said_at > bindparam("since"))
    .order_by(TURNS.c.id)
    .limit(2)
)
_NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = open_engine(database)
    yield engine
    engine.dispose()


def _turn(body: str, hour: int = 12, **more: object) -> dict[str, object]:
    return {"conversation": "c", "said_at": _NOON.replace(hour=hour), "body": body, **more}


def test_rows_come_by_name_with_their_values_as_sqlalchemy_gives_them(engine: Engine) -> None:
    with engine.begin() as connection:
        _ADD.run_each(connection, [_turn("a", 11), _turn("b", 13), _turn("c", 14), _turn("d", 15)])

    rows = _LATE.rows(engine, {"key": "c", "since": _NOON})

    assert [row.body for row in rows] == ["b", "c"]
    assert aware(rows[0].said_at) == _NOON.replace(hour=13)
    assert not _LATE.rows(engine, {"key": "other", "since": _NOON})


def test_what_is_run_belongs_to_the_transaction(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        (made,) = _ADD.run(connection, _turn("a"))
        transaction.rollback()

    assert made.id > 0
    assert not _LATE.rows(engine, {"key": "c", "since": _NOON.replace(hour=1)})


def test_a_statement_without_rows_returns_none(engine: Engine) -> None:
    with engine.begin() as connection:
        _ADD.run(connection, _turn("a"))
        assert not Prepared(delete(TURNS).where(_OF)).run(connection, {"key": "c"})

    assert not _LATE.rows(engine, {"key": "c", "since": _NOON.replace(hour=1)})


def test_an_error_is_one_of_sqlalchemy(engine: Engine) -> None:
    with engine.begin() as connection:
        _NUMBERED.run(connection, _turn("a", id=7))

    with pytest.raises(IntegrityError), engine.begin() as connection:
        _NUMBERED.run(connection, _turn("b", id=7))


def test_on_sqlite_an_error_does_not_quote_values(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'motcua.db'}")

    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        _NUMBERED.run_each(connection, [_turn("of a person", id=7)] * 2)

    assert "of a person" not in str(caught.value)
    engine.dispose()


def test_on_sqlite_other_parameters_than_at_first_are_refused(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'motcua.db'}")
    numbered = Prepared(insert(TURNS))

    with pytest.raises(TypeError), engine.begin() as connection:
        numbered.run_each(connection, [_turn("a"), _turn("b", id=7)])

    engine.dispose()
