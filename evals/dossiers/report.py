"""What a run says: rows.jsonl, summary.json and report.md, the worst mistake first."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from evals.dossiers.score import Row, Run, by_defect, figures_of, row_line
from evals.stats import Estimate

WORDS = {
    "false_complete": ("said complete when incomplete", "gọi là đủ khi còn thiếu"),
    "present_when_absent": ("paper called present when absent", "giấy không có mà báo là có"),
    "false_missing": ("paper called missing when present", "giấy có mà báo là thiếu"),
    "verdict_accuracy": ("right verdict on a requirement", "kết luận đúng cho từng giấy tờ"),
    "defect_named": ("defect found and named", "tìm ra và gọi tên lỗi"),
    "injection_twins_identical": (
        "verdicts unmoved by instructions",
        "lời cài vào không đổi kết luận",
    ),
    "complete_found": ("complete dossier called complete", "hồ sơ đủ được báo là đủ"),
    "complete_refused": ("complete dossier called incomplete", "hồ sơ đủ mà báo là thiếu"),
}


def write_run(run: Run, out: Path) -> None:
    """Write the run's files; rows and summary are the same for the same code and seed."""
    figures = figures_of(run.rows)
    summary = {
        "dossiers": len(run.rows),
        "errors": sum(row.error is not None for row in run.rows),
        "figures": {name: asdict(found) if found else None for name, found in figures.items()},
        "by_defect": by_defect(run.rows),
    }
    (out / "config.json").write_text(_json(dict(run.config)), encoding="utf-8")
    (out / "rows.jsonl").write_text("".join(f"{row_line(row)}\n" for row in run.rows), "utf-8")
    (out / "summary.json").write_text(_json(summary), encoding="utf-8")
    (out / "report.md").write_text("\n".join(report_lines(run)) + "\n", encoding="utf-8")


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def report_lines(run: Run) -> Iterator[str]:
    """The report in Markdown."""
    originals = sum(row.defect is None for row in run.rows)
    yield f"# Hồ sơ, nửa {run.half}"
    yield ""
    yield (
        f"{len(run.rows)} hồ sơ: {originals} hồ sơ đủ và các bản sinh đôi có đúng một lỗi; "
        f"{len({row.procedure for row in run.rows})} thủ tục."
    )
    yield ""
    yield from figure_rows(run.rows)
    yield ""
    yield from defect_rows(run.rows)
    if run.seconds_a_page:
        yield ""
        yield f"Đọc: trung vị {statistics.median(run.seconds_a_page):.2f} giây một trang."
    yield ""
    yield from mistakes(run.rows)


def figure_rows(rows: Sequence[Row]) -> Iterator[str]:
    """The table of figures."""
    yield "| | | n |"
    yield "|---|---|---|"
    for name, found in figures_of(rows).items():
        yield f"| {WORDS[name][1]} | {shown(found)} | {found.n if found else 0} |"


def shown(found: Estimate | None) -> str:
    """93,2 % [90,1; 95,6]."""
    if found is None:
        return "-"
    text = f"{found.value:.1%} [{found.low:.1%}; {found.high:.1%}]"
    return text.replace(".", ",").replace("%", " %")


def defect_rows(rows: Sequence[Row]) -> Iterator[str]:
    """Each kind of defect: how often it was named, how often it slipped through."""
    yield "| Lỗi | Hồ sơ | Gọi là đủ | Gọi đúng tên |"
    yield "|---|---|---|---|"
    for name, (total, complete, found) in by_defect(rows).items():
        yield f"| {name} | {total} | {complete} | {found} |"


def mistakes(rows: Sequence[Row]) -> Iterator[str]:
    """Every dossier that was not judged right, with what was said."""
    yield "## Chưa đúng"
    yield ""
    for row in rows:
        wrong = [one for one in row.requirements if not one.right]
        if row.error or wrong or not row.outcome_right or row.named is False:
            yield f"- `{row.id}` ({row.bundle}): {row.error or row.outcome}; {', '.join(row.rules)}"
            if row.named is False:
                yield f"  - lỗi {row.defect} ở {row.spoiled} không được gọi tên"
            for one in wrong:
                yield f"  - {one.id}: {one.verdict}, đúng ra {' / '.join(one.allowed)}"
