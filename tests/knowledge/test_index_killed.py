"""A builder may be killed at any moment: what was published goes on serving."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from tests.fakes import FakeEmbedder, code

BUILDER = """
import sys
from pathlib import Path
from knowledge.catalog import Catalog
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from tests.fakes import FakeEmbedder, code
catalog, store = Catalog.open(sys.argv[1]), IndexStore(Path(sys.argv[2]))
book = Phrasebook({code(1): tuple(f"câu {n}" for n in range(1100))})
print("ready", flush=True)
while True:
    store.build(catalog, book, FakeEmbedder(), rebuild=True)
    print("built", flush=True)
"""
KILLS = 50


def started(database: str, directory: Path) -> subprocess.Popen[bytes]:
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, database, directory],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert builder.stdout is not None
    builder.stdout.readline()
    return builder


def killed_after(seconds: float, database: str, directory: Path) -> None:
    builder = started(database, directory)
    time.sleep(seconds)
    builder.kill()
    builder.communicate()


def time_of_a_build(database: str, directory: Path) -> float:
    """Seconds from ready to built: on a busy machine a build takes longer, and so may the kill."""
    builder, begun = started(database, directory), time.monotonic()
    assert builder.stdout is not None
    builder.stdout.readline()
    taken = time.monotonic() - begun
    builder.kill()
    builder.communicate()
    return taken


@pytest.mark.slow
def test_readers_open_a_verified_generation_whenever_the_builder_is_killed(
    catalog: Catalog, tmp_path: Path
) -> None:
    store, rng = IndexStore(tmp_path / "index"), random.Random(7)
    book = Phrasebook({code(1): tuple(f"câu {n}" for n in range(1100))})
    store.build(catalog, book, FakeEmbedder())
    served = set()
    database = f"sqlite:///{tmp_path / 'small.db'}"
    longest = 1.5 * time_of_a_build(database, store.directory)

    for _ in range(KILLS):
        killed_after(rng.uniform(0, longest), database, store.directory)
        generation, problem = store.open_newest(FakeEmbedder())
        assert problem is None
        served.add(generation.manifest.id)
        generation.close()

    assert len(served) > 1
    assert store.build(catalog, book, FakeEmbedder(), rebuild=True) is not None
    assert len(list((store.directory / "generations").iterdir())) == 2
