"""Reports of a run: the page, JUnit XML, Markdown, CSV."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.models import Facet
from evals.compare import compare
from evals.errors import EvalError
from evals.pages import said, words
from evals.report import measures, write_reports, write_reports_of
from evals.report.junit import junit_report
from evals.report.markdown import markdown_report, plain
from evals.report.sheet import safe_cell, sheet
from evals.runs import read_run
from knowledge.procedure import Level
from tests.evals.fake_runs import CONFIG, a_run, row, rows, versions, write_run


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_every_report_is_written_and_says_what_ran(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now")

    files = write_reports_of(run, tmp_path / "out", versions=versions())

    assert [file.name for file in files] == ["report.html", "junit.xml", "report.md", "results.csv"]
    for file in files:
        text = file.read_text(encoding="utf-8")
        for name in ("corpus", "model", "code"):
            assert str(CONFIG[name]) in text, f"{file.name} does not show {name}"


def test_reports_are_equal_byte_by_byte_for_the_same_run(tmp_path: Path) -> None:
    run, earlier = a_run(tmp_path / "now"), a_run(tmp_path / "before")

    first = write_reports_of(run, tmp_path / "a", [earlier], before=earlier, versions=versions())
    second = write_reports_of(run, tmp_path / "b", [earlier], before=earlier, versions=versions())

    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_the_page_asks_for_nothing_outside(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now")

    html = write_reports_of(run, tmp_path / "out", [run], before=run)[0].read_text("utf-8")

    assert not re.search(r"<(?:link|img|iframe|script[^>]+src)|@import|url\(", html)
    assert "default-src 'none'" in unescape(html)


def test_markup_in_questions_and_answers_is_text(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    run = a_run(tmp_path / "now", [row("kite-card-papers", False, text=evil, reasons=(evil,))])

    html = write_reports_of(run, tmp_path / "out")[0].read_text("utf-8")

    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;b&gt;?&lt;/b&gt;" in html


def test_a_failure_shows_question_expectation_answer_and_source(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now")

    html = write_reports_of(run, tmp_path / "out", versions=versions())[0].read_text("utf-8")
    failures = html.split('id="failures"')[1].split('id="made"')[0]

    assert "Làm thẻ thả diều hết bao nhiêu tiền?" in failures
    assert "10000 VND / thẻ" in failures
    assert "Lệ phí: 99.000 đồng [1]" in failures
    assert 'href="https://congdichvu.example/thu-tuc/1"' in failures
    assert "sai lệ phí: 99000" in failures


def test_flips_come_before_everything_else_on_the_page(tmp_path: Path) -> None:
    before = a_run(tmp_path / "before", [row("kite-card-fee"), row("kite-card-papers", False)])
    now = a_run(tmp_path / "now", [row("kite-card-fee", False), row("kite-card-papers")])

    html = write_reports_of(now, tmp_path / "out", before=before)[0].read_text("utf-8")

    assert "1 better, 1 worse" in html
    assert html.index('id="flips"') < html.index('id="metrics"')


def test_errors_are_counted_apart_and_are_no_pass(tmp_path: Path) -> None:
    told = measures.counts(a_run(tmp_path / "now"))

    assert (told.passed, told.failed, told.errors, told.unscored) == (3, 2, 1, 1)
    assert (told.critical, told.critical_failed) == (2, 2)
    assert told.scored == 6


def test_not_applicable_is_left_out_of_a_mean(tmp_path: Path) -> None:
    scored = [row("kite-card-papers", scores={"paper_f1": 0.5}), row("kite-which", scores={})]

    found = {one.metric: one.estimate for one in measures.measures(a_run(tmp_path / "r", scored))}

    assert (found["paper_f1"].value, found["paper_f1"].n) == (0.5, 1)
    assert found["passed"].n == 2


def test_a_metric_that_never_applies_is_not_shown_as_zero(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now", [row("kite-card-fee", scores={"paper_f1": None})])

    assert [one.metric for one in measures.measures(run)] == ["passed"]


def test_actions_tell_the_right_procedure_from_another(tmp_path: Path) -> None:
    scored = [
        row("kite-card-fee"),
        row("kite-card-papers", False, code="1.999999"),
        row("kite-which", False),
        row("kite-pho", status="out_of_scope"),
        row("kite-card-fee", None, suite="other", error="mất mạng"),
        row("kite-card-papers", None, suite="other", why="to_review"),
    ]

    table = measures.actions(a_run(tmp_path / "now", scored))

    assert table.at("answer", "answer") == 1
    assert table.at("answer", "answer_other") == 1
    assert table.at("choose", "answer") == 1
    assert table.at("decline", "decline") == 1
    assert table.at("answer", "error") == 1
    assert sum(table.counts.values()) == 5


def test_coverage_is_by_level_field_and_facet(tmp_path: Path) -> None:
    scored = [row("kite-card-fee", False), row("kite-card-papers")]

    found = measures.coverage(a_run(tmp_path / "now", scored), versions())

    assert found == {
        Level.COMMUNE: {
            "Thả diều": {
                Facet.FEE: measures.Asked(1, 0),
                Facet.DOCUMENTS: measures.Asked(1, 1),
                Facet.TIME: measures.Asked(1, 1),
            }
        }
    }


def test_loss_compares_a_spelling_with_the_same_cases_as_written(tmp_path: Path) -> None:
    def spelled(case: str, passed: bool) -> object:
        return row(f"{case}-telex", passed, tags=("variant:telex", f"base:{case}"))

    scored = [row("kite-card-fee"), row("kite-card-papers"), row("kite-which", False)]
    scored += [spelled("kite-card-fee", True), spelled("kite-card-papers", False)]  # type: ignore[list-item]
    scored += [spelled("kite-which", True)]  # type: ignore[list-item]

    (loss,) = measures.losses(a_run(tmp_path / "now", scored))

    assert (loss.variant, loss.lost) == ("telex", 0.5)
    assert loss.plain == pytest.approx(2 / 3)


def test_latency_is_by_nearest_rank() -> None:
    assert measures.within([1, 2, 3, 4], 0.5) == 2
    assert measures.within([1, 2, 3, 4], 0.95) == 4
    assert measures.within([7], 0.5) == 7


def test_a_spelled_row_shows_the_words_that_were_asked(tmp_path: Path) -> None:
    tags = ("variant:no_diacritics", "base:kite-card-fee")
    run = a_run(tmp_path / "now", [row("kite-card-fee-no-diacritics", False, tags=tags)])

    case = run.case_of(run.rows[0])

    assert case is not None
    assert case.turns == ("Lam the tha dieu het bao nhieu tien?",)


def test_junit_counts_failures_errors_and_skipped(tmp_path: Path) -> None:
    root = ElementTree.fromstring(junit_report(a_run(tmp_path / "now")))

    told = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert told == {"tests": "7", "failures": "2", "errors": "1", "skipped": "1"}
    failure = root.find(".//testcase[@name='kite-card-fee']/failure")
    assert failure is not None
    assert failure.get("message") == "sai lệ phí: 99000"
    assert failure.get("type") == "critical"
    assert "99.000 đồng" in str(failure.text)


def test_junit_survives_letters_that_xml_cannot_hold(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now", [row("kite-which", False, text="a\x00b\x0b\ufffe]]> & <c>")])

    root = ElementTree.fromstring(junit_report(run))

    failure = root.find(".//failure")
    assert failure is not None
    assert "]]> & <c>" in str(failure.text)


def test_markdown_puts_flips_first_and_stays_short(tmp_path: Path) -> None:
    many = [row(f"kite-{n}", n % 2 == 0) for n in range(200)]
    flipped = [dataclasses.replace(one, passed=not one.passed) for one in many]
    before, now = a_run(tmp_path / "before", flipped), a_run(tmp_path / "now", many)

    text = markdown_report(now, compare(before, now))

    assert text.index("100 tốt lên, 100 xấu đi, p = 1: chưa phải bằng chứng") < text.index("| Bộ")
    assert len(text.splitlines()) < 60
    assert "và 180 câu nữa" in text


def test_markdown_lists_failures_without_a_comparison(tmp_path: Path) -> None:
    text = markdown_report(a_run(tmp_path / "now"), None)

    assert "sai lệ phí: 99000" in text
    assert "**3/6 đạt**" in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a | b\nc", "a \\| b c"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("@ai [x](y)", "@\u200bai \\[x\\](y)"),
        ("x" * 500, "x" * 159 + "…"),
        (None, ""),
    ],
)
def test_markdown_leaves_texts_alone(given: str | None, shown: str) -> None:
    assert plain(given) == shown


def test_the_csv_opens_in_excel_with_vietnamese_intact(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now")

    file = write_reports_of(run, tmp_path / "out", versions=versions())[3]

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\r\n" not in file.read_bytes()
    first, *rest = read_csv(file.read_text("utf-8"))
    assert first["question"] == "Làm thẻ thả diều hết bao nhiêu tiền?"
    assert (first["result"], first["critical"], first["exact_fee"]) == ("failed", "yes", "0")
    assert first["paper_f1"] == ""
    assert [one["result"] for one in rest[:6]] == [
        *("passed", "failed", "passed", "passed", "not scored", "error")
    ]


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|cmd", "\n=1", "%0A=1"],
)
def test_no_cell_is_a_formula(formula: str, tmp_path: Path) -> None:
    run = a_run(tmp_path / "now", [row("kite-which", False, text=formula)])

    (first, *_) = read_csv(sheet(run, {}))

    assert first["answer"].startswith("'")
    assert safe_cell(formula) == f"'{formula}"


def test_cells_hold_no_more_than_excel_takes() -> None:
    assert len(safe_cell("ấ" * 40_000)) < 32_767
    assert safe_cell("a\x00b") == "ab"
    assert (safe_cell(1.0), safe_cell(2 / 3), safe_cell(None)) == ("1", "0.6667", "")


def test_a_broken_line_is_named_with_its_number(tmp_path: Path) -> None:
    directory = write_run(tmp_path / "now")
    with (directory / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"suite": "answers", "case": "kite-1", "pas')

    with pytest.raises(EvalError, match=r"results\.jsonl:8 is not a scored row"):
        read_run(directory)


def test_a_directory_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=r"results\.jsonl is not there"):
        write_reports(tmp_path, tmp_path / "out")


def test_a_run_without_rows_makes_no_report(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now", [])

    with pytest.raises(EvalError, match="no scored case"):
        write_reports_of(run, tmp_path / "out")


def test_a_report_needs_neither_times_nor_records_nor_cases(tmp_path: Path) -> None:
    directory = write_run(tmp_path / "now", rows(), times={})
    (directory / "times.json").unlink()
    (directory / "summary.json").unlink()

    files = write_reports(directory, tmp_path / "out", [directory], against=directory)

    assert all(file.stat().st_size > 500 for file in files)


def test_what_people_and_a_judge_said_is_shown(tmp_path: Path) -> None:
    run = a_run(tmp_path / "now")
    agreement = {"raters": 2, "items": 9, "shared": 8, "nominal": 0.6123, "ordinal": None}
    people = {"agreement": agreement, "verdicts": {"now": {"right": 7}}, "checks": {"passed": {}}}
    judge = {"judge": "fake:model", "agreement": agreement, "confusion": {"right": {"wrong": 3}}}
    (run.directory / "review").mkdir()
    (run.directory / "review" / "findings.json").write_text(json.dumps(people))
    (run.directory / "review" / "judge.json").write_text(json.dumps(judge))

    html = write_reports_of(run, tmp_path / "out")[0].read_text("utf-8")

    assert "0.61" in html
    assert "fake:model" in html


def test_every_sentence_is_there_in_both_languages() -> None:
    for key, texts in words().items():
        assert set(texts) == {"vi", "en"}, key
        assert all(isinstance(text, str) and text.strip() for text in texts.values()), key
        fields = [set(re.findall(r"[{\[](\w+)[}\]]", text)) for text in texts.values()]
        assert fields[0] == fields[1], f"{key} fills in different things"


def test_what_is_filled_in_is_escaped() -> None:
    assert "&lt;b&gt;" in said("run_named", name="<b>")
