"""A real Chroma server, small catalogues."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from knowledge.catalog import Catalog, Origin
from tests.fakes import procedure


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
