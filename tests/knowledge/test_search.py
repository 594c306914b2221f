"""Search ranks procedures, tells near twins apart, and goes on without an index."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.catalog import Catalog, Origin
from knowledge.embedding import StaticEmbedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from knowledge.reader import IndexReader
from knowledge.search import Found, Weights
from knowledge.settings import BUNDLED_MODEL
from knowledge.twins import level_adjustments, title_of, twin_adjustments
from tests.fakes import code, procedure

PLAIN, FOREIGN, AGAIN = (
    "Đăng ký kết hôn",
    "Đăng ký kết hôn có yếu tố nước ngoài",
    "Đăng ký lại kết hôn",
)
NAMES = [PLAIN, FOREIGN, AGAIN]
COMMUNE = [["commune"]] * 3


def first(question: str, names: list[str] = NAMES, levels: list[list[str]] = COMMUNE) -> int:
    twins = twin_adjustments(question, list(map(title_of, names)))
    weight = Weights().level
    at_level = level_adjustments(question, levels)
    changes = [twin + weight * level for twin, level in zip(twins, at_level, strict=True)]
    return changes.index(max(changes))


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("đăng ký kết hôn", 0),
        ("kết hôn với người Hàn Quốc", 1),
        ("ket hon voi nguoi nuoc ngoai", 1),
        ("cưới chồng Mỹ", 1),
        ("cả hai đều là người Việt Nam", 0),
        ("không có yếu tố nước ngoài", 0),
        ("mất giấy kết hôn, làm lại", 2),
        ("re-register a marriage", 2),
    ],
)
def test_the_twin_that_the_question_names_comes_first(question: str, row: int) -> None:
    assert first(question) == row


@pytest.mark.parametrize(
    ("question", "row"), [("kết hôn", 1), ("nộp ở tỉnh", 0), ("ở xã", 1), ("sở tư pháp", 0)]
)
def test_the_level_that_is_said_comes_first_and_else_the_commune(question: str, row: int) -> None:
    assert first(question, [PLAIN, PLAIN], [["province"], ["commune"]]) == row


def test_composed_and_decomposed_questions_are_adjusted_alike() -> None:
    nfd = unicodedata.normalize("NFD", "kết hôn với người nước ngoài")

    nfc = unicodedata.normalize("NFC", nfd)
    titles = list(map(title_of, NAMES))
    assert twin_adjustments(nfd, titles) == twin_adjustments(nfc, titles)
    assert level_adjustments(nfd, COMMUNE) == level_adjustments(nfc, COMMUNE)


BOOK = Phrasebook(
    {code(1): ("cưới nhau thì làm giấy gì", *(f"câu đệm số {n}" for n in range(1100)))},
    off_topic={"weather": ("mai trời có mưa không",)},
)


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    place = tmp_path_factory.mktemp("search")
    catalog = Catalog.open(f"sqlite:///{place / 'a.db'}")
    names = [PLAIN, FOREIGN, "Cấp giấy phép lái xe", "Đăng ký thường trú", "Đăng ký khai sinh"]
    catalog.add([procedure(n, name=name) for n, name in enumerate(names, 1)], Origin.CURATED)
    embedder, store = StaticEmbedder(BUNDLED_MODEL), IndexStore(place / "index")
    store.build(catalog, BOOK, embedder)
    reader = IndexReader(store, embedder)
    yield Finder(reader, catalog, Weights())
    reader.close()
    catalog.close()


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Đăng ký kết hôn", 1),
        ("dang ky ket hon voi nguoi nuoc ngoai", 2),
        ("cưới nhau thì làm giấy gì", 1),
        ("giấy phép lái xe", 3),
        ("nhập hộ khẩu thường trú", 4),
        ("khai sinh cho con", 5),
    ],
)
def test_the_right_procedure_is_first(finder: Finder, question: str, number: int) -> None:
    found = finder.find(question)

    assert found.hits[0].code == code(number)
    assert found.degraded is None
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


def test_composed_and_decomposed_questions_find_the_same(finder: Finder) -> None:
    found = [finder.find(unicodedata.normalize(f, "đăng ký kết hôn")) for f in ("NFC", "NFD")]

    assert found[0] == found[1]


def test_a_question_of_no_procedure_names_its_topic(finder: Finder) -> None:
    found = finder.find("mai trời có mưa không")

    assert found.off_topic == "weather"
    assert found.off_topic_similarity == pytest.approx(1, abs=1e-3)


def test_how_much_of_the_neighbourhood_is_elsewhere_is_told(finder: Finder) -> None:
    elsewhere = finder.find("mai trời có mưa không")
    here = finder.find("cưới nhau thì làm giấy gì")

    assert elsewhere.off_topic_share > 0.5 > here.off_topic_share
    assert elsewhere.nearest_mean < elsewhere.off_topic_similarity
    assert here.nearest_mean > here.off_topic_mean


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_never_more_than_the_limit(finder: Finder, limit: int) -> None:
    assert len(finder.find("đăng ký", limit).hits) == min(limit, 5)


@pytest.mark.parametrize("question", ["", "   ", "☃", "?" * 5000, "xyz " * 2000])
def test_a_question_without_known_words_raises_nothing(finder: Finder, question: str) -> None:
    assert isinstance(finder.find(question), Found)


@pytest.fixture
def blind(tmp_path: Path, catalog: Catalog) -> Finder:
    """A finder without an index."""
    reader = IndexReader(IndexStore(tmp_path / "none"), StaticEmbedder(BUNDLED_MODEL))
    return Finder(reader, catalog, Weights())


def test_without_an_index_exact_words_answer_and_say_why(blind: Finder) -> None:
    found = blind.find("thẻ thả diều số 3")

    assert found.hits[0].code == code(3)
    assert "motcua ingest" in (found.degraded or "")


def test_without_an_index_a_new_record_is_found_at_once(blind: Finder, catalog: Catalog) -> None:
    blind.find("câu cá")
    catalog.add([procedure(7, name="Cấp phép câu cá")], Origin.CURATED)

    assert blind.find("câu cá").hits[0].code == code(7)


def test_without_an_index_unknown_words_find_nothing(blind: Finder) -> None:
    assert blind.find("☃").hits == ()


def test_without_anything_nothing_is_found_and_said_why(tmp_path: Path) -> None:
    empty = Catalog.open(f"sqlite:///{tmp_path / 'e.db'}")
    reader = IndexReader(IndexStore(tmp_path / "none"), StaticEmbedder(BUNDLED_MODEL))

    found = Finder(reader, empty, Weights()).find("thả diều")

    assert found.hits == ()
    assert found.degraded
    empty.close()
