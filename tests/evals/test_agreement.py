"""Agreement between raters, held against published figures."""

from __future__ import annotations

import pytest

from evals.agreement import agreement_of, confusion, krippendorff


# Krippendorff, "Computing Krippendorff's alpha-reliability": A (binary), B (nominal), C (four
# observers, missing ratings). Values as published there.
def by_unit(*observers: str) -> list[list[str]]:
    return [[rating for rating in unit if rating != "."] for unit in zip(*observers, strict=True)]


def test_alpha_of_published_binary_data() -> None:
    units = by_unit("0100000010", "1110010000")

    assert krippendorff(units, "01", "nominal") == pytest.approx(0.095, abs=0.0005)


def test_alpha_of_published_nominal_data() -> None:
    units = by_unit("aabbdcccedda", "babbbccceddd")

    assert krippendorff(units, "abcde", "nominal") == pytest.approx(0.692, abs=0.0005)


def test_alpha_of_published_data_with_missing_ratings() -> None:
    # Units by observer A, B, C, D; the last two units have one rating or two.
    units = ["11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555",
             "..11", "..3."]  # fmt: skip
    items = [[rating for rating in unit if rating != "."] for unit in units]

    assert krippendorff(items, "12345", "nominal") == pytest.approx(0.743, abs=0.0005)
    assert krippendorff(items, "12345", "ordinal") == pytest.approx(0.815, abs=0.0005)


def test_alpha_is_one_for_full_agreement_and_below_zero_for_systematic_disagreement() -> None:
    assert krippendorff(["aa", "bb"], "ab", "nominal") == 1
    assert (krippendorff(["ab", "ba", "ab"], "ab", "nominal") or 0) < 0


@pytest.mark.parametrize("items", [[], ["a"], ["a", "b"], ["aa", "aa"]])
def test_alpha_is_not_applicable_without_a_choice(items: list[str]) -> None:
    assert krippendorff(items, "ab", "ordinal") is None


def test_ordinal_alpha_minds_how_far_apart_ratings_are() -> None:
    near, far = ["ab", "cd", "aa", "dd", "bb"], ["ad", "cb", "aa", "dd", "bb"]

    assert (krippendorff(near, "abcd", "ordinal") or 0) > (
        krippendorff(far, "abcd", "ordinal") or 0
    )


def test_a_rating_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'x' is not one of the ratings a, b"):
        krippendorff(["ax"], "ab", "nominal")


def test_agreement_counts_raters_and_shared_items() -> None:
    told = agreement_of({"1": {"ann": "a", "bob": "a"}, "2": {"ann": "b"}}, "ab")

    assert (told.raters, told.items, told.shared) == (2, 2, 1)


def test_confusion_counts_pairs() -> None:
    assert confusion([("a", "b"), ("a", "b"), ("b", "b")]) == {"a": {"b": 2}, "b": {"b": 1}}
