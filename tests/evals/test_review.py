"""Human review: the blind sample, verdicts, agreement, and the cases they become."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.cases import read_cases
from evals.errors import EvalError
from evals.marking import (
    add_cases,
    cases_from,
)
from evals.review import (
    Key,
    Review,
    Verdict,
    findings,
    read_key,
    read_review,
    sample,
    store_review,
    stored_review,
    write_review,
)
from evals.runs import Run
from tests.evals.fake_runs import CASES, a_run, row, versions
from tests.fakes import code

MANY = [row(f"kite-{n}", suite=suite) for suite in ("answers", "safety") for n in range(30)]
BY_ID = {case.id: case for case in CASES}
DAY = date(2026, 11, 23)


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    run = a_run(tmp_path / "ours", MANY)

    assert sample([run], 20, 7) == sample([run], 20, 7)
    assert {item.case for item in sample([run], 20, 7).items} != {
        item.case for item in sample([run], 20, 8).items
    }


def test_a_sample_takes_from_each_suite_and_only_what_can_be_rated(tmp_path: Path) -> None:
    unfit = [
        row("kite-x", None, suite="answers", why="to_review"),
        row("kite-y", None, suite="answers", error="hết giờ"),
        row("kite-z", suite="answers", text=""),
    ]
    key = sample([a_run(tmp_path / "ours", [*MANY, *unfit])], 60, 7)

    assert len(key.items) == 60
    assert not {"kite-x", "kite-y", "kite-z"} & {item.case for item in key.items}
    few = sample([a_run(tmp_path / "ours", MANY)], 10, 7)
    assert [item.suite for item in few.items].count("safety") == 5


def test_a_sample_of_two_systems_has_both_answers_in_no_order(tmp_path: Path) -> None:
    ours, rival = a_run(tmp_path / "ours", MANY), a_run(tmp_path / "rival", MANY)

    key = sample([ours, rival], 15, 7)

    systems = [item.system for item in key.items]
    assert sorted(systems) == ["ours"] * 15 + ["rival"] * 15
    assert systems != sorted(systems)
    assert len({item.id for item in key.items}) == 30


def test_two_runs_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    run = a_run(tmp_path / "ours", MANY)

    with pytest.raises(EvalError, match="share a name"):
        sample([run, run], 5, 7)


def shown_on(page: Path) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_page_does_not_tell_who_answered_or_what_the_checks_thought(tmp_path: Path) -> None:
    run = a_run(tmp_path / "very-secret-system", [row("kite-card-fee"), row("kite-card-papers")])

    page, key = write_review(sample([run], 9, 7), run.cases, versions(), tmp_path / "review")

    assert "very-secret-system" not in page.read_text("utf-8")
    for item in shown_on(page)["items"]:
        assert set(item) == {"id", "turns", "text", "reference", "sources"}
    assert read_key(key).items[0].system == "very-secret-system"


def test_the_page_shows_the_record_and_its_source(tmp_path: Path) -> None:
    run = a_run(tmp_path / "ours", [row("kite-card-fee")])

    page, _ = write_review(sample([run], 9, 7), run.cases, versions(), tmp_path / "review")

    (item,) = shown_on(page)["items"]
    assert "10000 VND / thẻ" in item["reference"]
    assert item["sources"] == ["https://congdichvu.example/thu-tuc/1"]


def test_a_spelled_item_keeps_its_words_and_finds_its_record(tmp_path: Path) -> None:
    tags = ("variant:no_diacritics", "base:kite-card-fee")
    run = a_run(tmp_path / "ours", [row("kite-card-fee-no-diacritics", tags=tags)])

    page, _ = write_review(sample([run], 9, 7), run.cases, versions(), tmp_path / "review")

    (item,) = shown_on(page)["items"]
    assert item["turns"] == ["Lam the tha dieu het bao nhieu tien?"]
    assert "10000 VND" in item["reference"]


def test_an_answer_cannot_end_the_data_of_the_page(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script>"
    run = a_run(tmp_path / "ours", [row("kite-which", text=evil)])

    page, _ = write_review(sample([run], 9, 7), run.cases, {}, tmp_path / "review")

    assert "<script>alert" not in page.read_text("utf-8")
    assert shown_on(page)["items"][0]["text"] == evil


@pytest.fixture
def run(tmp_path: Path) -> Run:
    answers = [row("kite-card-fee", text="Lệ phí 99.000 đồng"), row("kite-card-papers", False)]
    return a_run(tmp_path / "ours", answers)


@pytest.fixture
def key(run: Run) -> Key:
    return sample([run], 9, 7)


def item_of(key: Key, case: str) -> str:
    return next(item.id for item in key.items if item.case == case)


def rating(key: Key, case: str, rater: str, verdict: str, **values: Any) -> dict[str, Any]:
    given = {"sample": key.sample, "item": item_of(key, case), "rater": rater, "verdict": verdict}
    return {**given, "at": "2026-11-23T03:00:00Z", **values}


def review_of(key: Key, directory: Path, *ratings: dict[str, Any]) -> Review:
    file = directory / "verdicts.jsonl"
    lines = [json.dumps(one, ensure_ascii=False) for one in ratings]
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_review(key, [file])


def test_the_later_of_two_verdicts_by_one_rater_counts(key: Key, tmp_path: Path) -> None:
    review = review_of(
        key,
        tmp_path,
        rating(key, "kite-card-fee", "An", "right", at="2026-11-23T05:00:00Z"),
        rating(key, "kite-card-fee", "An ", "wrong", at="2026-11-23T04:00:00Z"),
    )

    assert review.verdicts() == {item_of(key, "kite-card-fee"): Verdict.RIGHT}


def test_of_equal_halves_the_worse_counts(key: Key, tmp_path: Path) -> None:
    review = review_of(
        key,
        tmp_path,
        rating(key, "kite-card-fee", "An", "right"),
        rating(key, "kite-card-fee", "Bình", "harmful"),
    )

    assert review.verdicts()[item_of(key, "kite-card-fee")] is Verdict.HARMFUL


def test_every_bad_line_is_named(key: Key, tmp_path: Path) -> None:
    good = rating(key, "kite-card-fee", "An", "right")

    with pytest.raises(EvalError) as caught:
        review_of(
            key,
            tmp_path,
            good,
            {**good, "verdict": "so-so"},
            {**good, "sample": "another"},
            {**good, "item": "nothing"},
            {**good, "rater": ""},
        )

    told = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in told] == [f"verdicts.jsonl:{n}" for n in (2, 3, 4, 5)]
    assert "belongs to sample another" in told[1]


def test_findings_set_people_against_the_checks(key: Key, tmp_path: Path) -> None:
    review = review_of(
        key,
        tmp_path,
        *(rating(key, "kite-card-fee", rater, "wrong") for rater in ("An", "Bình")),
        *(rating(key, "kite-card-papers", rater, "right") for rater in ("An", "Bình")),
    )

    told = findings(review)

    assert told["checks"] == {"passed": {"wrong": 1}, "failed": {"right": 1}}
    assert told["verdicts"] == {"ours": {"wrong": 1, "right": 1}}
    assert told["agreement"]["nominal"] == 1


def test_what_is_stored_is_read_back(key: Key, tmp_path: Path) -> None:
    review = review_of(key, tmp_path, rating(key, "kite-card-fee", "An", "wrong"))
    target = tmp_path / "kept"
    target.mkdir()

    assert stored_review(key, target) is None
    store_review(review, target)

    assert stored_review(key, target) == review


def test_a_wrong_answer_becomes_a_stricter_case(key: Key, tmp_path: Path) -> None:
    review = review_of(
        key,
        tmp_path,
        rating(key, "kite-card-fee", "An", "harmful", wrong_words="99.000 đồng"),
        rating(key, "kite-card-fee", "Bình", "wrong", missing="10.000", wrong_words="không có"),
        rating(key, "kite-card-papers", "An", "right", wrong_words="Lệ phí"),
    )

    (case,) = cases_from(review, BY_ID, DAY)

    assert (case.turns, case.codes) == (BY_ID["kite-card-fee"].turns, (code(1),))
    assert case.must_not == ("99.000 đồng",)  # words the answer never said prove nothing
    assert case.must == ("10.000",)
    assert case.critical
    assert (case.reviewed_by, case.reviewed_at) == ("An, Bình", DAY)


def test_cases_are_added_once_and_can_be_read(key: Key, tmp_path: Path) -> None:
    words = {"wrong_words": "99.000 đồng"}
    review = review_of(key, tmp_path, rating(key, "kite-card-fee", "An", "wrong", **words))
    made, file = cases_from(review, BY_ID, DAY), tmp_path / "more" / "cases.jsonl"

    assert add_cases(file, made) == made
    assert add_cases(file, made) == []
    assert read_cases([file]) == made


def test_a_bad_verdict_without_words_about_a_critical_case_adds_nothing(
    key: Key, tmp_path: Path
) -> None:
    review = review_of(key, tmp_path, rating(key, "kite-card-fee", "An", "harmful"))

    assert cases_from(review, BY_ID, DAY) == []


def test_a_key_that_is_missing_or_broken_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="review export"):
        read_key(tmp_path / "key.json")
    (tmp_path / "key.json").write_text("{}")
    with pytest.raises(EvalError, match="not the key"):
        read_key(tmp_path / "key.json")
