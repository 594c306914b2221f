"""Each file of a generation cut, zeroed or removed in turn: fall back or refuse, never be wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog, Origin
from knowledge.errors import IndexUnavailable
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from tests.fakes import FakeEmbedder, code, procedure

EMBEDDER = FakeEmbedder()
BOOK = Phrasebook({code(1): tuple(f"câu {n}" for n in range(1100))})


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def removed(file: Path) -> None:
    file.unlink()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index directory with two good generations."""
    place = tmp_path_factory.mktemp("damage")
    catalog = Catalog.open(f"sqlite:///{place / 'a.db'}")
    store = IndexStore(place / "index")
    for text in ("Một.", "Hai."):
        catalog.add([procedure(n, summary=text) for n in range(8)], Origin.CURATED)
        store.build(catalog, BOOK, EMBEDDER)
    catalog.close()
    return store.directory


def copy_of(published: Path, place: Path) -> IndexStore:
    shutil.copytree(published, place / "index")
    return IndexStore(place / "index")


def files_of(store: IndexStore, generation: str) -> list[str]:
    path = store.path(generation)
    return sorted(str(f.relative_to(path)) for f in path.rglob("*") if f.is_file())


def every_procedure_finds_itself(generation: Generation) -> bool:
    names = EMBEDDER.embed_passages(generation.names)
    return all(
        generation.vectors.nearest(np.asarray(row), 1).ids[0] == f"{code}|name"
        for code, row in zip(generation.codes, names, strict=True)
    )


@pytest.mark.parametrize("damage", [cut, zeroed, emptied, removed])
def test_a_damaged_generation_gives_way_to_the_one_before(
    published: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    whole = IndexStore(published)
    pointer = whole.pointer()
    assert pointer is not None
    files = files_of(whole, pointer.current)
    assert "manifest.json" in files
    assert "chroma/chroma.sqlite3" in files

    for number, name in enumerate(files):
        store = copy_of(published, tmp_path / str(number))
        damage(store.path(pointer.current) / name)

        generation, problem = store.open_newest(EMBEDDER)

        served = generation.manifest.id
        if served == pointer.current:  # only where the damaged file said nothing that is needed
            assert every_procedure_finds_itself(generation), name
        else:
            assert served == pointer.previous
            assert problem
            assert every_procedure_finds_itself(generation), name
        generation.close()
        shutil.rmtree(store.directory)


@pytest.mark.parametrize("damage", [cut, zeroed, emptied, removed])
@pytest.mark.parametrize("name", ["manifest.json", "names.npy", "chroma/chroma.sqlite3"])
def test_needed_files_are_missed_with_the_reason(
    published: Path, tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    store = copy_of(published, tmp_path)
    pointer = store.pointer()
    assert pointer is not None
    damage(store.path(pointer.current) / name)

    generation, problem = store.open_newest(EMBEDDER)

    assert generation.manifest.id == pointer.previous
    assert problem
    generation.close()


@pytest.mark.parametrize("damage", [cut, zeroed, emptied, removed])
@pytest.mark.parametrize("name", ["manifest.json", "procedures.json", "chroma/chroma.sqlite3"])
def test_with_both_generations_damaged_none_opens(
    published: Path, tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    store = copy_of(published, tmp_path)
    pointer = store.pointer()
    assert pointer is not None
    assert pointer.previous is not None
    for generation in (pointer.current, pointer.previous):
        damage(store.path(generation) / name)

    with pytest.raises(IndexUnavailable):
        store.open_newest(EMBEDDER)


def test_a_generation_that_is_gone_gives_way_to_the_one_before(
    published: Path, tmp_path: Path
) -> None:
    store = copy_of(published, tmp_path)
    pointer = store.pointer()
    assert pointer is not None
    shutil.rmtree(store.path(pointer.current))

    generation, problem = store.open_newest(EMBEDDER)

    assert generation.manifest.id == pointer.previous
    assert problem
    generation.close()


def test_a_damaged_generation_is_built_again(published: Path, tmp_path: Path) -> None:
    store = copy_of(published, tmp_path)
    pointer = store.pointer()
    assert pointer is not None
    zeroed(store.path(pointer.current) / "chroma" / "chroma.sqlite3")
    catalog = Catalog.open(f"sqlite:///{published.parent / 'a.db'}")

    built = store.build(catalog, BOOK, EMBEDDER)

    catalog.close()
    generation, problem = store.open_newest(EMBEDDER)
    generation.close()
    assert (generation.manifest.id, problem) == (built, None)
