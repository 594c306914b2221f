"""How much of a question the procedures found say: rare words count, common ones hardly."""

from __future__ import annotations

import pytest

from knowledge.coverage import NO_COVERAGE, coverage
from knowledge.keywords import KeywordIndex
from tests.fakes import procedure

PROCEDURES = [
    procedure(1, name="Cấp thẻ thả diều", steps=["Mang theo cuộn dây."]),
    procedure(2, name="Cấp thẻ câu cá"),
    procedure(3, name="Cấp thẻ leo núi"),
]
INDEX = KeywordIndex.build(PROCEDURES, {PROCEDURES[0].code: ("cho chơi diều giấy",)})


def test_a_question_in_the_words_of_the_first_procedure_is_covered() -> None:
    found = coverage("cấp thẻ thả diều", INDEX, [0, 1])

    assert (found.known, found.unknown, found.unsaid_pair) == (1.0, 0.0, 0.0)
    assert found.said > 0
    assert found.said_pairs > 0


def test_the_thing_itself_is_missing_however_alike_the_rest_is() -> None:
    of_kites, of_voters = (coverage(q, INDEX, [0]) for q in ("cấp thẻ thả diều", "cấp thẻ cử tri"))

    assert of_voters.said < of_kites.said
    assert of_voters.unsaid_pair == 1.0
    assert of_voters.unknown > 0.5


def test_words_that_all_procedures_say_count_for_nothing() -> None:
    assert coverage("cấp thẻ", INDEX, [0]).said == 0


def test_a_word_of_the_record_is_known_and_not_said() -> None:
    found = coverage("cuộn dây", INDEX, [0])

    assert (found.known, found.said) == (1.0, 0.0)
    assert coverage("cuộn dây", INDEX, [1]).known == 0.0


@pytest.mark.parametrize("question", ["thả diều", "tha dieu", "THẢ DIỀU!"])
def test_marks_and_case_make_no_difference(question: str) -> None:
    assert coverage(question, INDEX, [0]) == coverage("thả diều", INDEX, [0])


def test_without_words_or_procedures_nothing_is_covered() -> None:
    assert coverage("?!", INDEX, [0]) == NO_COVERAGE
    assert coverage("thả diều", INDEX, []) == NO_COVERAGE
