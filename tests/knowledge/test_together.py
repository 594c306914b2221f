"""Writes that are held back and committed by whoever asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from knowledge.together import holding, write_together


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE words (word TEXT)"))
    yield opened
    opened.dispose()


def add(connection: Connection) -> None:
    connection.execute(text("INSERT INTO words VALUES ('chào')"))


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM words")).scalar_one())


def test_a_write_is_done_at_once_where_nothing_is_held(engine: Engine) -> None:
    write_together(engine, add)

    assert count(engine) == 1


def test_what_is_held_is_left_to_whoever_holds_it(engine: Engine) -> None:
    with holding(engine.url) as held:
        write_together(engine, add)
    before = count(engine)
    with engine.begin() as connection:
        for write in held.writes:
            write(connection)

    assert before == 0
    assert count(engine) == 1


def test_writes_to_another_database_are_not_held(engine: Engine, tmp_path: Path) -> None:
    other = create_engine(f"sqlite:///{tmp_path / 'b.db'}")

    with holding(other.url) as held:
        write_together(engine, add)

    assert held.writes == []
    assert count(engine) == 1
    other.dispose()
