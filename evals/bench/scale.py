"""How search and build grow: the snapshot multiplied into localised copies of every procedure."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil

from evals.bench.timing import Spread, time_each
from knowledge.catalog import Catalog, Origin
from knowledge.embedding import Embedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from knowledge.procedure import Procedure
from knowledge.reader import IndexReader
from knowledge.search import Weights


@dataclass(frozen=True)
class ScalePoint:
    """Figures at one size. Build is catalogue to published index; store is into the catalogue."""

    procedures: int
    passages: int
    store_seconds: float
    build_seconds: float
    search: Spread
    megabytes: float


def localised(procedures: Sequence[Procedure], count: int) -> Iterator[Procedure]:
    """The procedures, then copies of them as provinces localise them: code and name changed."""

    def copies() -> Iterator[Procedure]:
        yield from procedures
        for province in range(1, 100):
            for procedure in procedures:
                yield procedure.model_copy(
                    update={
                        "code": f"{procedure.code}.000.00.00.H{province:02d}",
                        "name": f"{procedure.name} (địa phương số {province})",
                    }
                )

    return islice(copies(), count)


def measure_scale(
    procedures: Sequence[Procedure],
    count: int,
    phrasebook: Phrasebook,
    embedder: Embedder,
    questions: Sequence[str],
) -> ScalePoint:
    """Store, build and search `count` procedures in a fresh directory."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        catalog = Catalog.open(f"sqlite:///{directory / 'motcua.db'}")
        stored = _store(catalog, localised(procedures, count))
        store = IndexStore(directory / "index")
        started = time.perf_counter()
        generation = store.build(catalog, phrasebook, embedder)
        built = time.perf_counter() - started
        assert generation is not None
        reader = IndexReader(store, embedder)
        finder = Finder(reader, catalog, Weights())
        spread = time_each(finder.find, questions)
        memory = psutil.Process().memory_info().rss / 2**20
        passages = store.manifest(generation).passages
        reader.close()
        catalog.close()
    return ScalePoint(count, passages, round(stored, 1), round(built, 1), spread, round(memory))


def _store(catalog: Catalog, procedures: Iterator[Procedure]) -> float:
    started = time.perf_counter()
    while batch := list(islice(procedures, 1000)):
        catalog.add(batch, Origin.PORTAL)
    return time.perf_counter() - started
