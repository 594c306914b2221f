"""Who may send for a bot: one process over the same tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from bots.telegram.sole import sole_sender
from knowledge.sql import open_engine


@pytest.fixture
def elsewhere(postgres_url: str) -> Iterator[Engine]:
    """The same tables in another schema of the same PostgreSQL database."""
    here = make_url(postgres_url)
    schema = str(here.query["options"]).removeprefix("-csearch_path=") + "_other"
    admin = open_engine(postgres_url)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    opened = open_engine(
        here.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(
            hide_password=False
        )
    )
    yield opened
    opened.dispose()
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


def test_one_process_sends_for_a_bot_until_it_lets_go(engine: Engine) -> None:
    first, second = sole_sender(engine, 7), sole_sender(engine, 7)

    assert first.acquire()
    assert not second.acquire()
    assert first.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_another_bot_sends_beside_it(engine: Engine) -> None:
    first, second = sole_sender(engine, 7), sole_sender(engine, 8)

    assert first.acquire()
    assert second.acquire()
    first.release()
    second.release()


@pytest.mark.postgres
def test_a_bot_in_another_schema_is_not_kept_from_sending(
    postgres_url: str, elsewhere: Engine
) -> None:
    here = open_engine(postgres_url)
    first, second = sole_sender(here, 7), sole_sender(elsewhere, 7)

    assert first.acquire()
    assert second.acquire()
    first.release()
    second.release()
    here.dispose()
