"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring data beside the repository; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the measuring data is not beside this checkout")
    return SHARED


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A schema of its own on the real server; a server that is not there fails the test."""
    plain = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    schema = f"motcua_{uuid4().hex[:10]}"
    admin = create_engine(plain, connect_args={"connect_timeout": 5})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except Exception as error:
        pytest.fail(
            f"PostgreSQL at MOTCUA_TEST_POSTGRES={POSTGRES} cannot be reached: {error}. "
            "Start one, or run pytest -m 'not postgres'.",
            pytrace=False,
        )
    url = plain.set(drivername="postgresql").update_query_dict(
        {"options": f"-csearch_path={schema}"}
    )
    yield url.render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'motcua.db'}"
    return str(request.getfixturevalue("postgres_url"))
