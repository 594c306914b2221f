"""What Chroma finds nearby becomes numbers of every procedure."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.nearby import Near, Places
from knowledge.vectors import Nearest

FOUND = (
    ("b|questions[3]", 0.9),
    ("~weather|questions[0]", 0.8),
    ("b|steps", 0.7),
    ("a|summary", 0.6),
    ("b|questions[1]", 0.5),
    ("b|summary", 0.4),
)


def near(found: tuple[tuple[str, float], ...] = FOUND) -> Near:
    ids, similarities = [id_ for id_, _ in found], [near for _, near in found]
    return Near.of(Nearest(ids, np.array(similarities, dtype=np.float64)), Places("abc"))


def filled(row: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in row]


@pytest.mark.parametrize(("phrases", "best"), [(True, [0.4, 0.9, 0.4]), (False, [0.6, 0.7, 0.4])])
def test_the_nearest_of_each_procedure_counts_and_else_the_farthest_of_all(
    phrases: bool, best: list[float]
) -> None:
    row = np.empty(3, dtype=np.float32)

    near().best(row, phrases=phrases)

    assert filled(row) == best


def test_every_neighbour_votes_by_how_far_it_is_above_the_farthest() -> None:
    row = np.empty(3, dtype=np.float32)

    near().votes(row)

    assert filled(row) == [0.2, 0.9, 0.0]


def test_a_topic_of_no_procedure_is_told_with_how_near_it_is() -> None:
    assert near().off_topic() == ("weather", 0.8)
    assert near(FOUND[2:]).off_topic() == (None, 0.0)


def test_the_passages_of_a_procedure_are_told_nearest_first() -> None:
    assert near().paths([1, 2], 3) == {1: ("questions[3]", "steps", "questions[1]"), 2: ()}


def test_the_neighbourhood_weighs_what_people_say_of_procedures_and_of_other_topics() -> None:
    elsewhere, here, share = near().neighbourhood()

    assert elsewhere == pytest.approx((0.8 + 4 * 0.4) / 5)
    assert here == pytest.approx((0.9 + 0.5 + 3 * 0.4) / 5)
    assert 0.15 < share < 0.2


def test_nothing_nearby_is_nothing_found() -> None:
    row, empty = np.ones(3, dtype=np.float32), near(())

    empty.votes(row)

    assert filled(row) == [0.0, 0.0, 0.0]
    assert (empty.floor, empty.off_topic(), empty.neighbourhood()) == (0.0, (None, 0.0), (0, 0, 0))
