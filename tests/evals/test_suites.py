"""Suites are data: what they may say, and which cases they ask."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.cases import CASES, Variant, read_cases
from evals.errors import CaseError, EvalError
from evals.suites import SUITES, Suite, cases_of, read_suites, tagged
from tests.evals.grades import case


def suite(**values: Any) -> Suite:
    return Suite.model_validate({"name": "x", "vi": "x", "en": "y", "cases": ["c.jsonl"], **values})


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Twenty cases, every fourth of several turns."""
    lines = [
        case(
            id=f"kite-{n}",
            turns=["Làm thẻ thả diều ở đâu?"] * (2 if n % 4 == 0 else 1),
            tags=["even"] if n % 2 == 0 else [],
            variant="chat" if n == 1 else "plain",
        ).model_dump_json()
        for n in range(20)
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_the_shipped_suites_are_whole_and_name_shipped_cases() -> None:
    suites = read_suites()

    assert {"retrieval", "answers", "behaviour", "conversation"} <= {s.name for s in suites}
    assert {"robustness", "safety", "latency"} <= {s.name for s in suites}
    for one in suites:
        assert cases_of(one, 7), one.name


def test_shipped_cases_are_many_and_their_ids_differ() -> None:
    cases = read_cases(sorted(CASES.glob("*.jsonl")))

    assert len(cases) >= 600


def test_a_suite_is_added_by_a_file(tmp_path: Path) -> None:
    values = {"name": "mine", "vi": "Của tôi", "en": "Mine", "cases": ["c.jsonl"]}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")

    assert [one.name for one in read_suites(["mine"], tmp_path)] == ["mine"]
    with pytest.raises(EvalError, match=r"No suite yours; there are mine"):
        read_suites(["yours"], tmp_path)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"metrics": ["exact_fees"]}, "no such metric: exact_fees"),
        ({"floors": {"speed": 1}}, "no such metric: speed"),
        ({"pass_when": "mrr_at_10"}, "no yes-or-no metric"),
        ({"variants": ["english"]}, "no spelling is made for: english"),
        ({"needs": ["mind"]}, "needs.0"),
        ({"colour": "red"}, "colour"),
        ({"name": "another"}, "the name must be mine"),
    ],
)
def test_a_wrong_suite_is_refused_by_field(
    tmp_path: Path, values: dict[str, Any], told: str
) -> None:
    whole = {"name": "mine", "vi": "x", "en": "y", "cases": ["c.jsonl"], **values}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")

    with pytest.raises(EvalError, match=told) as refused:
        read_suites([], tmp_path)
    assert "mine.yaml" in str(refused.value)


def test_cases_are_chosen_by_tag_turns_and_how_they_are_written(stored: Path) -> None:
    assert len(cases_of(suite(), 7, stored)) == 20
    assert len(cases_of(suite(tags=["even"]), 7, stored)) == 10
    assert len(cases_of(suite(turns="many"), 7, stored)) == 5
    assert len(cases_of(suite(turns="one", written=["chat"]), 7, stored)) == 1
    assert cases_of(suite(actions=["decline"]), 7, stored) == []


def test_a_sample_depends_on_the_seed_and_keeps_the_order(stored: Path) -> None:
    first, again, other = (
        [one.id for one in cases_of(suite(sample=6), seed, stored)] for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other
    assert first == sorted(first, key=lambda name: int(name.removeprefix("kite-")))


def test_every_spelling_asks_the_same_questions_under_ids_of_their_own(stored: Path) -> None:
    cases = cases_of(suite(variants=["plain", "no_diacritics", "ocr"], sample=5), 7, stored)

    assert len({one.id for one in cases}) == 15
    bases = Counter(tagged(one.tags, "base:") for one in cases)
    assert set(bases.values()) == {3}
    bare = next(one for one in cases if one.variant is Variant.NO_DIACRITICS)
    assert bare.turns[0] == "Lam the tha dieu o dau?"
    assert tagged(bare.tags, "variant:") == "no_diacritics"


def test_files_that_are_not_there_or_hold_no_cases_are_named(stored: Path) -> None:
    with pytest.raises(EvalError, match=r"Suite x names d\.jsonl"):
        cases_of(suite(cases=["d.jsonl"]), 7, stored)
    (stored / "c.jsonl").write_text('{"id": "kite-1"}', encoding="utf-8")
    with pytest.raises(CaseError, match=r"c\.jsonl:1: turns"):
        cases_of(suite(), 7, stored)


def test_the_file_of_a_suite_is_called_as_the_suite() -> None:
    assert {path.stem for path in SUITES.glob("*.yaml")} == {one.name for one in read_suites()}
