"""Exact words: found with and without marks, before and after saving."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from knowledge.keywords import KeywordIndex, body_tokens, name_tokens
from tests.fakes import procedure

PROCEDURES = [
    procedure(1, name="Đăng ký thả diều", aliases=["chơi diều"]),
    procedure(2, name="Cấp mã câu cá", steps=["Mang theo cần trúc."]),
    procedure(3, name="Cấp má câu cá", source=None),
]
QUESTIONS = {PROCEDURES[1].code: ("đi câu", "trời mưa"), PROCEDURES[2].code: ("mưa đi",)}


@pytest.fixture(params=["built", "saved"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> KeywordIndex:
    built = KeywordIndex.build(PROCEDURES, QUESTIONS)
    if request.param == "built":
        return built
    built.save(tmp_path / "words")
    return KeywordIndex.load(tmp_path / "words")


@pytest.mark.parametrize("question", ["thả diều", "tha dieu", "THẢ DIỀU!", "chơi diều", "choi"])
def test_a_name_is_found_with_and_without_marks(index: KeywordIndex, question: str) -> None:
    scores = index.scores(question).names

    assert scores.argmax() == 0
    assert scores.max() == pytest.approx(1)
    assert scores[1:].tolist() == [0, 0]


@pytest.mark.parametrize(("question", "row"), [("mã câu cá", 1), ("má câu cá", 2)])
def test_marks_decide_between_names_that_fold_alike(
    index: KeywordIndex, question: str, row: int
) -> None:
    assert index.scores(question).names.argmax() == row


def test_words_of_the_whole_record_count_as_body(index: KeywordIndex) -> None:
    scores = index.scores("cần trúc")

    assert scores.names.tolist() == [0, 0, 0]
    assert scores.bodies.argmax() == 1


@pytest.mark.parametrize(
    ("question", "row"), [("chơi diều", 0), ("di cau", 1), ("MƯA ĐI", 2), ("trời", 1)]
)
def test_words_of_everyday_questions_and_aliases_count_as_phrases(
    index: KeywordIndex, question: str, row: int
) -> None:
    scores = index.scores(question).phrases

    assert scores.argmax() == row
    assert scores.max() == pytest.approx(1)


def test_a_pair_of_words_does_not_span_two_lines() -> None:
    lines = {PROCEDURES[0].code: ("đi câu", "trời mưa"), PROCEDURES[1].code: ("đi câu trời mưa",)}

    assert KeywordIndex.build(PROCEDURES, lines).scores("câu trời").phrases.argmax() == 1


@pytest.mark.parametrize("question", ["", "   ", "xyz", "☃", "?"])
def test_unknown_words_score_nothing(index: KeywordIndex, question: str) -> None:
    scores = index.scores(question)

    assert scores.names.tolist() == [0, 0, 0]
    assert scores.bodies.tolist() == [0, 0, 0]
    assert scores.phrases.tolist() == [0, 0, 0]


def test_composed_and_decomposed_questions_score_alike(index: KeywordIndex) -> None:
    nfc, nfd = (unicodedata.normalize(form, "mã câu cá") for form in ("NFC", "NFD"))

    assert np.array_equal(index.scores(nfc).names, index.scores(nfd).names)


def test_an_index_of_nothing_scores_nothing() -> None:
    assert KeywordIndex.build([]).scores("thả diều").names.max() == 0


def test_tokens_hold_marked_words_beside_folded_ones() -> None:
    assert name_tokens("Mã xe") == ["ma", "xe", "ma_xe", "mã"]
    assert body_tokens("Mã xe") == ["ma", "xe", "mã"]
