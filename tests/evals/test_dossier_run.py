"""The dossier suite: metrics that can fail, readings that are kept, runs that go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.dossier.models import (
    AskedOption,
    AskedQuestion,
    CheckRequest,
    Finding,
    Outcome,
    Report,
    RequirementVerdict,
    Unread,
    Verdict,
)
from assistant.dossier.rules import RULES
from evals.dossiers import run as running
from evals.dossiers.judge import Shelf, checked, prepare
from evals.dossiers.plan import Bundle, Defect, Dossier
from evals.dossiers.report import report_lines
from evals.dossiers.run import plan, records, run_dossiers, version_of
from evals.dossiers.score import Row, Run, by_defect, figures_of, row_of, same_verdicts
from evals.dossiers.truth import NAMED_BY, answer_to, named, truth_of
from evals.errors import EvalError
from ingest.reading.page import Handed, Page, PageSource, Reading
from knowledge.catalog import Version


def right_report(dossier: Dossier, **changes: Any) -> Report:
    """What a faultless check would say."""
    truth = truth_of(dossier, records()[dossier.procedure])
    verdicts = tuple(
        RequirementVerdict(id=path, name="x", verdict=_first(allowed), reason="x")
        for path, allowed in truth.allowed.items()
    )
    rules = NAMED_BY.get(dossier.defect, frozenset()) if dossier.defect else frozenset()
    values: dict[str, Any] = {
        "procedure": dossier.procedure,
        "outcome": Outcome.COMPLETE if dossier.complete else Outcome.INCOMPLETE,
        "requirements": verdicts,
        "findings": tuple(Finding(rule=rule, sentence="x", blocks=True) for rule in sorted(rules)),
        "submitted_on": dossier.submitted_on,
    }
    return Report(**values | changes)


def _first(allowed: frozenset[Verdict]) -> Verdict:
    order = (Verdict.PRESENT, Verdict.UNREADABLE, Verdict.MISSING, Verdict.NOT_APPLICABLE)
    return next((verdict for verdict in order if verdict in allowed), Verdict.CANNOT_TELL)


def scored(dossier: Dossier, report: Report) -> Row:
    return row_of(dossier, records()[dossier.procedure], report)


@pytest.fixture(scope="module")
def dossiers() -> list[Dossier]:
    return plan("dev", 60)


@pytest.fixture(scope="module")
def by_kind(dossiers: list[Dossier]) -> dict[Defect | None, Dossier]:
    return {one.defect: one for one in dossiers}


def value(rows: Sequence[Row], name: str) -> float:
    found = figures_of(rows)[name]
    assert found is not None
    return found.value


def test_a_faultless_check_gets_full_marks(dossiers: list[Dossier]) -> None:
    rows = [scored(one, right_report(one)) for one in dossiers]

    assert value(rows, "false_complete") == 0
    assert value(rows, "present_when_absent") == 0
    assert value(rows, "false_missing") == 0
    assert value(rows, "verdict_accuracy") == 1
    assert value(rows, "complete_found") == 1
    assert value(rows, "defect_named") == 1
    assert all(row.outcome_right for row in rows)


def test_saying_complete_of_everything_is_the_first_figure_of_the_report(
    dossiers: list[Dossier],
) -> None:
    rows = [scored(one, right_report(one, outcome=Outcome.COMPLETE)) for one in dossiers]
    lines = list(report_lines(Run("dev", tuple(rows), 0, (), {})))

    assert value(rows, "false_complete") == 1
    assert next(iter(figures_of(rows))) == "false_complete"
    table = [line for line in lines if line.startswith("| ") and "%" in line]
    assert "gọi là đủ khi còn thiếu" in table[0]
    assert "100,0 %" in table[0]


def test_calling_everything_missing_is_counted_against_papers_that_are_there(
    by_kind: dict[Defect | None, Dossier],
) -> None:
    one = by_kind[None]
    report = right_report(one)
    gone = tuple(
        verdict.model_copy(update={"verdict": Verdict.MISSING}) for verdict in report.requirements
    )
    row = scored(one, report.model_copy(update={"requirements": gone}))

    assert value([row], "false_missing") == 1
    assert value([row], "verdict_accuracy") < 1


def test_calling_an_absent_paper_present_is_counted(by_kind: dict[Defect | None, Dossier]) -> None:
    one = by_kind[Defect.MISSING]
    report = right_report(one)
    there = tuple(
        verdict.model_copy(update={"verdict": Verdict.PRESENT}) for verdict in report.requirements
    )
    row = scored(one, report.model_copy(update={"requirements": there}))

    assert value([row], "present_when_absent") > 0
    assert row.named is False


def test_a_report_that_does_not_speak_of_a_requirement_is_wrong_about_it(
    by_kind: dict[Defect | None, Dossier],
) -> None:
    row = scored(by_kind[None], right_report(by_kind[None], requirements=()))

    assert value([row], "verdict_accuracy") == 0


@pytest.mark.parametrize("defect", sorted(NAMED_BY))
def test_a_defect_is_named_by_its_own_rule_only(
    defect: Defect, by_kind: dict[Defect | None, Dossier]
) -> None:
    one = replace(by_kind[Defect.UNSIGNED], defect=defect)
    other = Finding(rule="originals_are_brought", sentence="x", blocks=False)

    assert named(one, right_report(one)) is True
    assert named(one, right_report(one, findings=(other,))) is False


def test_an_alarm_that_rings_for_the_complete_original_too_names_nothing(
    by_kind: dict[Defect | None, Dossier],
) -> None:
    one = by_kind[Defect.UNSIGNED]
    report = right_report(one)

    assert named(one, report, right_report(by_kind[None])) is True
    assert named(one, report, report) is False


def test_rules_that_name_a_defect_exist() -> None:
    assert {rule for rules in NAMED_BY.values() for rule in rules} <= set(RULES.rules)


def test_an_unreadable_page_is_named_by_the_verdict_or_by_advice_on_the_page(
    by_kind: dict[Defect | None, Dossier],
) -> None:
    one = by_kind[Defect.UNREADABLE]
    report = right_report(one)
    unsure = tuple(
        verdict.model_copy(update={"verdict": Verdict.CANNOT_TELL})
        if verdict.id == one.spoiled
        else verdict
        for verdict in report.requirements
    )
    unread = Unread(file="f.jpg", page=1, reason="dark", sentence="x")

    assert named(one, report) is True
    assert named(one, right_report(one, requirements=unsure)) is False
    assert named(one, right_report(one, requirements=unsure, unread=(unread,))) is True


def test_an_injection_that_moves_a_verdict_is_noticed(
    by_kind: dict[Defect | None, Dossier],
) -> None:
    report = right_report(by_kind[None])
    moved = report.requirements[0].model_copy(update={"verdict": Verdict.MISSING})
    changed = report.model_copy(update={"requirements": (moved, *report.requirements[1:])})

    assert same_verdicts(report, report)
    assert not same_verdicts(changed, report)
    assert not same_verdicts(report.model_copy(update={"outcome": Outcome.INCOMPLETE}), report)


def test_questions_are_answered_as_the_papers_are(by_kind: dict[Defect | None, Dossier]) -> None:
    one = by_kind[Defect.MISSING]
    record = records()[one.procedure]
    options = tuple(AskedOption(value=value, label=value) for value in ("yes", "no"))

    def answer(name: str) -> str:
        return answer_to(AskedQuestion(id=name, text="x", options=options), one, record)

    assert answer(one.sheets[0].requirement) == "yes"
    assert answer(f"data:{one.sheets[0].requirement}") == "no"
    assert answer(str(one.spoiled)) == "yes"
    assert answer("cases[9].requirements[9]") == "no"
    assert answer(f"case:{one.case}") == "yes"
    assert answer("case:elsewhere") == "no"


def test_who_hands_in_one_of_a_group_has_no_data_for_another(dossiers: list[Dossier]) -> None:
    one = next(one for one in dossiers if one.procedure == "1.001193" and one.case == "chung")
    record = records()[one.procedure]
    group = [f"cases[0].requirements[{n}]" for n in (2, 3, 4)]
    handed = replace(one, sheets=(replace(one.sheets[0], requirement=group[2]),), spoiled=None)
    options = tuple(AskedOption(value=value, label=value) for value in ("yes", "no"))

    def answer(path: str) -> str:
        question = AskedQuestion(id=f"data:{path}", text="x", options=options)
        return answer_to(question, handed, record)

    assert [answer(path) for path in group] == ["no", "no", "no"]
    assert answer("cases[0].requirements[0]") == "yes"


def test_a_check_is_asked_again_with_the_answers() -> None:
    one = plan("dev", 1)[0]
    asked: list[dict[str, str]] = []
    options = tuple(AskedOption(value=value, label=value) for value in ("yes", "no"))
    question = AskedQuestion(id=one.sheets[0].requirement, text="x", options=options)

    def check(version: Version, reading: Reading, request: CheckRequest) -> Report:
        asked.append(dict(request.answers))
        return right_report(one, questions=() if request.answers else (question,))

    checked(one, version_of(records()[one.procedure]), Reading(), check)

    assert asked == [{}, {question.id: "yes"}]


class CountingReader:
    """Reads a page out of every file and counts the files."""

    def __init__(self) -> None:
        self.files = 0

    def __call__(self, files: Sequence[Handed]) -> Reading:
        self.files += len(files)
        page = Page(files[0].name, 1, PageSource.OCR, picture=b"not kept")
        return Reading((page,))


def perfect(version: Version, reading: Reading, request: CheckRequest) -> Report:
    return Report(
        procedure=request.code,
        outcome=Outcome.INCOMPLETE,
        requirements=(),
        submitted_on=request.submitted_on,
    )


def test_readings_are_kept_by_bytes_under_the_names_of_each_dossier(tmp_path: Path) -> None:
    one = replace(plan("dev", 1)[0], bundle=Bundle.JPEG)
    read, shelf = CountingReader(), Shelf(tmp_path)

    stored = prepare(one, shelf, read)
    first = read.files
    prepare(one, shelf, read)
    reading, _ = running.reading_of(stored, shelf)

    assert read.files == first == len(stored)
    assert [page.file for page in reading.pages] == [file.name for file in stored]
    assert all(page.picture is None for page in reading.pages)


def test_a_run_that_was_cut_short_reads_only_what_is_left(tmp_path: Path) -> None:
    first, second = CountingReader(), CountingReader()

    short = run_dossiers("dev", 3, tmp_path, workers=1, read=first, check=perfect)
    whole = run_dossiers("dev", 5, tmp_path, workers=1, read=second, check=perfect)

    fresh = CountingReader()
    run_dossiers("dev", 5, tmp_path / "anew", workers=1, read=fresh, check=perfect)
    assert (len(short.rows), len(whole.rows)) == (3, 5)
    assert first.files + second.files == fresh.files


def test_two_runs_write_the_same_rows(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run_dossiers("dev", 4, tmp_path / name, workers=1, read=CountingReader(), check=perfect)

    for file in ("rows.jsonl", "summary.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_check_that_fails_is_an_error_and_never_right(tmp_path: Path) -> None:
    def broken(version: Version, reading: Reading, request: CheckRequest) -> Report:
        raise ValueError("no such rule")

    run = run_dossiers("dev", 3, tmp_path, workers=1, read=CountingReader(), check=broken)

    assert all(row.error == "ValueError: no such rule" for row in run.rows)
    assert not any(row.outcome_right for row in run.rows)
    assert value(run.rows, "complete_found") == 0
    assert by_defect(run.rows)[str(run.rows[1].defect)] == (1, 0, 0)


def test_a_directory_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="holds no run"):
        running.read_rows(tmp_path)
