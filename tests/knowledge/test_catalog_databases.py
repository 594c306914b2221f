"""The databases under the catalogue: several processes, other versions, no server."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from knowledge.catalog import Catalog, Origin
from knowledge.errors import CatalogError
from tests.fakes import code, procedure

ADDER = """
import sys
from knowledge.catalog import Catalog, Origin
from tests.fakes import procedure
url, start, ready = sys.argv[1], int(sys.argv[2]), sys.stdin.readline()
catalog = Catalog.open(url)
for n in range(start, start + 20):
    catalog.add([procedure(n), procedure(n + 500)], Origin.PORTAL)
catalog.close()
"""
ROOT = Path(__file__).parents[2]


def start_adder(url: str, start: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ADDER, url, str(start)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_two_processes_adding_at_once_lose_nothing(database: str) -> None:
    adders = [start_adder(database, start) for start in (0, 100)]

    ends = [adder.communicate("go\n", timeout=120) for adder in adders]

    assert [adder.returncode for adder in adders] == [0, 0], ends
    catalog = Catalog.open(database)
    assert catalog.count() == 80
    catalog.close()


def test_threads_that_change_one_record_at_once_lose_no_version(anywhere: Catalog) -> None:
    def change(number: int) -> None:
        anywhere.add([procedure(1, summary=f"Bản {number}.")], Origin.PORTAL)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(12)))

    assert [v.number for v in anywhere.history(code(1))] == list(range(12, 0, -1))


def test_reading_goes_on_while_another_connection_writes(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'a.db'}")
    catalog.add([procedure(1)], Origin.CURATED)
    writer = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    found = catalog.get(code(1))

    assert found is not None
    writer.close()
    catalog.close()


def test_sqlite_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    Catalog.open(f"sqlite:///{tmp_path / 'new' / 'a.db'}").close()

    with sqlite3.connect(tmp_path / "new" / "a.db") as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()

    assert mode == "wal"


def test_opening_again_keeps_what_was_stored(database: str) -> None:
    first = Catalog.open(database)
    first.add([procedure(1)], Origin.CURATED)
    first.close()

    second = Catalog.open(database)

    assert second.get(code(1)) is not None
    second.close()


def set_revision(database: str, revision: str) -> None:
    url = make_url(database)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused_with_a_sentence(database: str) -> None:
    catalog = Catalog.open(database)
    catalog.add([procedure(1)], Origin.CURATED)
    catalog.close()
    set_revision(database, "9999")

    with pytest.raises(CatalogError, match="another version") as caught:
        Catalog.open(database)

    assert "9999" in str(caught.value)
    assert "MOTCUA_DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ai:bi-mat-42@127.0.0.1:1/test",
        "postgresql://ai:bi-mat-42@khong-co-may-nay.invalid/test",
        "bi-mat-42",
        "mysql+khonggi://ai:bi-mat-42@127.0.0.1/test",
        "postgresql://ai:bi-mat-42@127.0.0.1:cong/test",
        "mysql://ai:bi-mat-42@127.0.0.1/test",
    ],
)
def test_an_unreachable_database_is_told_without_the_password(url: str) -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog.open(url)

    assert "bi-mat-42" not in str(caught.value)


@pytest.mark.postgres
def test_a_refused_login_is_told_without_the_password(postgres_url: str) -> None:
    url = make_url(postgres_url).set(username="nobody_here", password="bi-mat-42")

    with pytest.raises(CatalogError) as caught:
        Catalog.open(url.render_as_string(hide_password=False))

    assert "bi-mat-42" not in str(caught.value)


def test_a_file_that_is_no_database_is_a_catalog_error(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all " * 100)

    with pytest.raises(CatalogError, match="cannot be opened"):
        Catalog.open(f"sqlite:///{tmp_path / 'a.db'}")


def test_a_directory_that_is_a_file_is_a_catalog_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file", encoding="utf-8")

    with pytest.raises(CatalogError):
        Catalog.open(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.db'}")
