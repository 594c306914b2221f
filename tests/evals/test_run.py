"""Running suites: rows, summaries, resuming, errors, and the same bytes twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Status
from evals.cases import Case
from evals.errors import EvalError, TargetError
from evals.grading import Reply
from evals.run import run_suites
from evals.runs import read_run
from evals.suites import Suite
from evals.targets.target import Tells
from evals.truth import stamp
from knowledge.catalog import Catalog, Origin
from knowledge.procedure import Procedure
from tests.evals.grades import FEES, QUOTES, answer, case, ended
from tests.fakes import code, full_data

Same = ("config.json", "results.jsonl", "summary.json")


class Scripted:
    """Says what it is told to, counts its questions, and dies when asked to."""

    name = "scripted"
    tells = frozenset(Tells)

    def __init__(self, say: Callable[[Case], Reply], stop_after: int | None = None) -> None:
        self.asked: list[str] = []
        self._say = say
        self._stop_after = stop_after

    def ask(self, case: Case) -> Reply:
        if self._stop_after == len(self.asked):
            raise KeyboardInterrupt
        self.asked.append(case.id)
        return self._say(case)

    def identity(self) -> Mapping[str, str]:
        return {"model": "m"}

    def close(self) -> None:
        """Nothing is open."""


def right(_: Case) -> Reply:
    said = answer(FEES, QUOTES)
    return Reply(FEES, said, ranked=(code(1), code(2)), elapsed_ms=5.0, tokens=3)


def mixed(one: Case) -> Reply:
    return right(one) if one.action == "answer" else ended(Status.OUT_OF_SCOPE)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    found = Catalog.open(f"sqlite:///{tmp_path / 'records.db'}")
    found.add([Procedure.model_validate(full_data())], Origin.CURATED)
    yield found
    found.close()


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    directory = tmp_path / "cases"
    directory.mkdir()
    written = [case(id=f"fee-{n}", turns=[f"phí thả diều {n}"], facets=["fee"]) for n in range(5)]
    written.append(
        case(id="fee-else", turns=["trời mưa"], action="decline", decline="out_of_scope")
    )
    write(directory, *written)
    return directory


def write(directory: Path, *cases: Case) -> None:
    lines = "".join(one.model_dump_json() + "\n" for one in cases)
    (directory / "c.jsonl").write_text(lines, encoding="utf-8")


def suite(name: str = "answers", **values: Any) -> Suite:
    base = {
        "vi": "Đáp",
        "en": "Answers",
        "cases": ["c.jsonl"],
        "metrics": ["exact_fee", "hit_at_1"],
    }
    return Suite.model_validate({"name": name, **base, **values})


def read(out: Path, name: str = "summary.json") -> Any:
    return json.loads((out / name).read_text(encoding="utf-8"))


def test_a_run_leaves_rows_summary_and_times(tmp_path: Path, catalog: Catalog, cases: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    out = run_suites(
        [suite()],
        Scripted(mixed),
        catalog,
        tmp_path / "run",
        cases=cases,
        tell=lambda *progress: heard.append(progress),
    )

    run = read_run(out, [cases / "c.jsonl"])
    assert [row.case for row in run.rows] == [f"fee-{n}" for n in range(5)] + ["fee-else"]
    assert all(row.passed for row in run.rows)
    assert run.rows[0].scores == {"passed": 1.0, "exact_fee": 1.0, "hit_at_1": 1.0}
    assert run.rows[5].scores == {"passed": 1.0, "exact_fee": None, "hit_at_1": None}
    assert (run.rows[0].cluster, run.rows[5].cluster) == (code(1), "fee-else")
    assert run.times["answers", "fee-0"] == 5.0
    figures = read(out)["suites"]["answers"]
    assert figures["metrics"]["passed"] == {"value": 1.0, "n": 6}
    assert figures["metrics"]["exact_fee"] == {"value": 1.0, "n": 5}
    assert figures["confusion"] == {"answer": {"answered": 5}, "out_of_scope": {"out_of_scope": 1}}
    assert read(out, "speed.json")["answers"]["p50_ms"] == 5.0
    assert read(out, "speed.json")["answers"]["tokens"] == 15
    assert heard[-1] == ("answers", 6, 6)


def test_two_runs_are_equal_byte_by_byte(tmp_path: Path, catalog: Catalog, cases: Path) -> None:
    suites = [suite(), suite("robustness", variants=["plain", "ocr", "chat"], sample=3)]
    one, two = (
        run_suites(suites, Scripted(mixed), catalog, tmp_path / name, cases=cases)
        for name in ("one", "two")
    )

    for name in Same:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


@pytest.mark.parametrize("asked_before", [0, 1, 4])
def test_a_killed_run_goes_on_where_it_stopped(
    tmp_path: Path, catalog: Catalog, cases: Path, asked_before: int
) -> None:
    whole = run_suites([suite()], Scripted(mixed), catalog, tmp_path / "whole", cases=cases)
    out = tmp_path / "killed"
    with pytest.raises(KeyboardInterrupt):
        run_suites([suite()], Scripted(mixed, asked_before), catalog, out, cases=cases)
    with (out / "results.jsonl").open("a", encoding="utf-8") as torn:
        torn.write('{"suite": "answers", "case": "fee-')

    second = Scripted(mixed)
    run_suites([suite()], second, catalog, out, cases=cases)

    assert len(second.asked) == 6 - asked_before
    for name in Same:
        assert (out / name).read_bytes() == (whole / name).read_bytes(), name
    third = Scripted(mixed)
    run_suites([suite()], third, catalog, out, cases=cases)
    assert third.asked == []


def test_another_configuration_does_not_mix_with_a_run(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    out = run_suites([suite()], Scripted(mixed), catalog, tmp_path / "run", cases=cases)

    with pytest.raises(EvalError, match=r"differs in seed"):
        run_suites([suite()], Scripted(mixed), catalog, out, 8, cases=cases)
    again = Scripted(mixed)
    run_suites([suite()], again, catalog, out, 8, cases=cases, fresh=True)
    assert len(again.asked) == 6


def test_results_of_unknown_origin_are_not_gone_on_with(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    (tmp_path / "results.jsonl").write_text("{}\n", encoding="utf-8")

    with pytest.raises(EvalError, match=r"results without config\.json"):
        run_suites([suite()], Scripted(mixed), catalog, tmp_path, cases=cases)


def test_a_target_that_fails_makes_errors_never_passes(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    def shaky(one: Case) -> Reply:
        if one.id == "fee-2":
            raise TargetError("cut off")
        return mixed(one)

    out = run_suites([suite()], Scripted(shaky), catalog, tmp_path / "run", cases=cases)

    row = read_run(out, [cases / "c.jsonl"]).rows[2]
    assert (row.passed, row.error, row.scores) == (False, "cut off", {})
    figures = read(out)["suites"]["answers"]
    assert (figures["errors"], figures["failed"], figures["passed"]) == (1, 0, 5)
    assert figures["metrics"]["passed"] == {"value": pytest.approx(5 / 6), "n": 6}


def test_a_dead_target_ends_the_run_and_its_errors_are_asked_again(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    write(cases, *(case(id=f"fee-{n}", turns=[f"phí {n}"], facets=["fee"]) for n in range(30)))

    def dead(one: Case) -> Reply:
        raise TargetError("no route")

    with pytest.raises(EvalError, match=r"failed 20 times in a row, last with: no route"):
        run_suites([suite()], Scripted(dead), catalog, tmp_path / "run", cases=cases)
    mended = Scripted(right)
    out = run_suites([suite()], mended, catalog, tmp_path / "run", cases=cases)
    assert len(mended.asked) == 30
    assert read(out)["suites"]["answers"]["errors"] == 0


def test_changed_and_unknown_records_are_listed_not_scored(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    old = case(id="fee-old", facets=["fee"], source_hash={code(1): "0" * 64})
    kept = case(id="fee-kept", facets=["fee"], source_hash=stamp(case(), catalog.get))
    unknown = case(id="fee-unknown", facets=["fee"], codes=[code(9)])
    write(cases, old, kept, unknown)
    target = Scripted(right)

    out = run_suites([suite()], target, catalog, tmp_path / "run", cases=cases)

    rows = read_run(out, [cases / "c.jsonl"]).rows
    assert [(row.passed, row.why) for row in rows] == [
        (None, "to_review"),
        (True, None),
        (None, "not_in_corpus"),
    ]
    assert target.asked == ["fee-kept"]
    figures = read(out)["suites"]["answers"]
    assert (figures["scored"], figures["to_review"], figures["not_in_corpus"]) == (1, 1, 1)


def test_a_fault_is_told_by_name_in_its_row(tmp_path: Path, catalog: Catalog, cases: Path) -> None:
    wrong = FEES.replace("10.000", "15.000")

    def lying(_: Case) -> Reply:
        return Reply(wrong, answer(wrong, QUOTES))

    out = run_suites(
        [suite(actions=["answer"])], Scripted(lying), catalog, tmp_path / "r", cases=cases
    )

    row = read_run(out, [cases / "c.jsonl"]).rows[0]
    assert "phí: thiếu 10,000 VND/thẻ" in row.reasons
    assert "số tiền lạ: 15,000 VND" in row.reasons


def test_times_stay_out_of_what_must_be_equal(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    metrics = ["latency", "tokens", "exact_fee"]
    out = run_suites(
        [suite(metrics=metrics)], Scripted(mixed), catalog, tmp_path / "r", cases=cases
    )

    assert set(read_run(out, [cases / "c.jsonl"]).rows[0].scores) == {"passed", "exact_fee"}
    assert "latency" not in read(out)["suites"]["answers"]["metrics"]


def test_equal_questions_are_asked_once_unless_they_must_be_fresh(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    suites = [suite(), suite("behaviour", pass_when="action_right")]
    target = Scripted(mixed)
    run_suites(suites, target, catalog, tmp_path / "once", cases=cases)
    assert len(target.asked) == 6

    timed = Scripted(mixed)
    speed = suite("latency", pass_when="action_right", fresh=True, warm_up=4)
    run_suites([suite(), speed], timed, catalog, tmp_path / "timed", cases=cases)
    assert len(timed.asked) == 6 + 4 + 6


def test_what_a_spelling_costs_is_held_against_the_plain_one(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    def fussy(one: Case) -> Reply:
        return ended(Status.NOT_FOUND) if one.turns[0].isascii() else mixed(one)

    spelled = suite("robustness", actions=["answer"], variants=["plain", "no_diacritics"])
    out = run_suites([spelled], Scripted(fussy), catalog, tmp_path / "run", cases=cases)

    found = read(out)["suites"]["robustness"]["variants"]
    assert found["plain"] == {"n": 5, "passed": 1.0, "plain": 1.0, "loss": 0.0}
    assert found["no_diacritics"] == {"n": 5, "passed": 0.0, "plain": 1.0, "loss": 1.0}


def test_a_question_of_several_suites_counts_once_overall(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    suites = [
        suite("retrieval", pass_when="hit_at_1", metrics=["mrr_at_10"], actions=["answer"]),
        suite(),
        suite("robustness", variants=["ocr"], actions=["answer"]),
    ]
    out = run_suites(suites, Scripted(mixed), catalog, tmp_path / "run", cases=cases)

    overall = read(out)["overall"]
    assert overall["cases"] == 6
    assert overall["metrics"]["mrr_at_10"]["n"] == 5
    assert overall["metrics"]["exact_fee"]["n"] == 5


def test_a_suite_that_needs_more_than_the_target_tells_is_refused(
    tmp_path: Path, catalog: Catalog, cases: Path
) -> None:
    target = Scripted(mixed)
    target.tells = frozenset({Tells.STATUS})

    with pytest.raises(EvalError, match=r"Suite answers needs ranked, which scripted"):
        run_suites([suite(needs=["ranked"])], target, catalog, tmp_path / "r", cases=cases)
