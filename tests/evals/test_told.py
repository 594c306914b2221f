"""What counts as told in full, and that the development set can be measured."""

from __future__ import annotations

from evals.bench.questions import OWN
from evals.bench.told import is_told, told_table
from evals.cases import read_cases
from evals.grading import Row

CASES = read_cases([OWN / "told_dev.jsonl"])


def row(case: str, facets: float | None, facts: float | None, right: float = 1.0) -> Row:
    scores = {"right_procedure": right, "facets_told": facets, "facts_told": facts}
    return Row(suite="told", case=case, passed=True, scores=scores, tags=("told", "deadline"))


def test_a_facet_or_a_fact_that_is_left_out_is_not_told_in_full() -> None:
    assert is_told(row("td-001", 1.0, None))
    assert not is_told(row("td-001", 0.5, 1.0))
    assert not is_told(row("td-001", None, 0.0))


def test_only_answers_of_the_right_procedure_count() -> None:
    rows = [row("td-001", 1.0, 1.0), row("td-002", 0.0, 1.0), row("td-003", 0.0, 0.0, right=0.0)]

    lines = told_table(rows, CASES)

    assert "| all | 3 | 2 | 1 | 0.500 |" in lines


def test_every_deadline_names_its_figure_and_every_case_its_kind() -> None:
    assert len(CASES) >= 300
    assert {tag for case in CASES for tag in case.tags} == {
        "told",
        "deadline",
        "part",
        "several",
        "seen",
        "held",
    }
    assert [case.id for case in CASES if ("deadline" in case.tags) != bool(case.must)] == []
