"""Real databases, a real Chroma server, small catalogues."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from knowledge.catalog import Catalog, Origin
from tests.fakes import procedure

POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")


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


@pytest.fixture
def anywhere(database: str) -> Iterator[Catalog]:
    """An empty catalogue on each kind of database."""
    catalog = Catalog.open(database)
    yield catalog
    catalog.close()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalogue of five procedures in a SQLite file."""
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'small.db'}")
    catalog.add(
        [procedure(n, summary=f"Tóm tắt {n}.", steps=[f"Bước của {n}."]) for n in range(1, 6)],
        Origin.CURATED,
    )
    yield catalog
    catalog.close()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Chroma server of the virtual environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma-server")
    program = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api/v2/heartbeat", server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The Chroma server of the virtual environment did not start")
