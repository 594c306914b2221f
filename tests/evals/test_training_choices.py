"""The comparison of trainings: what is kept, what is printed, and a scan that finds the nearest."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from evals.bench.offline import ExactVectors
from evals.bench.questions import Asked
from evals.bench.second_look import telling_words, with_telling_words
from evals.bench.training_choices import Choice, Rates, choice_of, rates_of, section
from evals.tune import NAMES, Examples, fit, values_of
from knowledge.search import Weights
from knowledge.text import folded

RATES = Rates(first=0.9, three=1.0, folded=0.8)
CHOICE = Choice("thả diều", RATES, RATES, RATES, 0.1, 4.0, 0.3, 60, 12.0)


def examples(count: int) -> Examples:
    """Two candidates a question; the right one is second by name and first by phrase words."""
    evidence = np.zeros((count, 2, len(NAMES)))
    evidence[:, 0, NAMES.index("name")] = 0.3
    evidence[:, 1, NAMES.index("phrase_words")] = 1.0
    names = np.array([["thả diều loại 2", "thả diều loại III"]] * count, dtype=object)
    return Examples(evidence, np.full(count, 1), names)


def test_a_choice_is_read_as_it_was_kept() -> None:
    assert choice_of(asdict(CHOICE)) == CHOICE


def test_the_section_holds_a_row_a_choice() -> None:
    (row,) = (line for line in section([CHOICE]).splitlines() if line.startswith("| thả diều"))

    assert row.count("0.900 / 1.000") == 3
    assert row.endswith("| 0.1 | 4 | 0.3 | 60 | 12 |")


def test_the_nearest_come_first() -> None:
    vectors = ExactVectors(["a", "b", "c"], np.eye(3, dtype=np.float32))

    found = vectors.nearest(np.array([0.0, 0.6, 0.8], dtype=np.float32), 2)

    assert found.ids == ["c", "b"]
    assert vectors.count() == 3


def test_a_weight_grows_that_brings_the_right_candidate_first() -> None:
    start = values_of(Weights())

    fitted = fit(examples(3), start)

    assert fitted[NAMES.index("phrase_words")] > start[NAMES.index("phrase_words")]
    assert fitted[0] == start[0]


def test_questions_are_judged_by_weights_of_other_folds() -> None:
    written = [Asked(f"câu {i}", "1.000001", style="plain") for i in range(10)]
    asked = written + [Asked(folded(question.text), question.code) for question in written]

    rates = rates_of(asked, examples(20), values_of(Weights()))

    assert rates == Rates(1.0, 1.0, 1.0)


def test_the_words_that_tell_rivals_apart_count_and_numerals_are_one() -> None:
    second, third = telling_words("tha dieu loai 3", ["thả diều loại 2", "thả diều loại III"])

    assert third.said > second.said
    assert third.covered > second.covered


def test_a_second_look_adds_three_kinds() -> None:
    seen = with_telling_words([Asked("loại III", "1.000001")], examples(1))

    assert seen.evidence.shape == (1, 2, len(NAMES) + 3)
    assert seen.evidence[0, 1, -3] > seen.evidence[0, 0, -3]
