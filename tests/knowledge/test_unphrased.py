"""A procedure without everyday questions is not beaten by having none."""

from __future__ import annotations

from pathlib import Path

from knowledge.catalog import Catalog, Origin
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from knowledge.reader import IndexReader
from knowledge.search import Weights, search
from tests.fakes import FakeEmbedder, code, procedure


def test_its_name_stands_in_for_its_phrases(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'motcua.db'}")
    catalog.add([procedure(1), procedure(2)], Origin.CURATED)
    embedder, store = FakeEmbedder(), IndexStore(tmp_path / "index")
    book = Phrasebook({code(2): ("câu hỏi của người khác",)}, ())
    store.build(catalog, book, embedder)
    reader = IndexReader(store, embedder)

    with reader.generation() as generation:
        found = search("Cấp thẻ thả diều số 1", generation, embedder, weights=Weights())
        assert generation.unphrased.tolist() == [True, False]
    evidence = {hit.code: hit.evidence for hit in found.hits}

    assert found.hits[0].code == code(1)
    assert evidence[code(1)]["phrase"] == evidence[code(1)]["name"]
    assert evidence[code(1)]["phrase_words"] == evidence[code(1)]["name_words"]
    assert evidence[code(2)]["phrase"] < evidence[code(2)]["name"] or (
        evidence[code(2)]["phrase_words"] < evidence[code(2)]["name_words"]
    )
    reader.close()
    catalog.close()
