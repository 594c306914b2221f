"""What `motcua eval` puts on the terminal, in Vietnamese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from evals.cases import Case
from evals.compare import Change, Comparison, Flip
from evals.gate import Kind, Verdict
from evals.grading import Row
from evals.report.measures import by_suite, latencies, pass_rate, within
from evals.runs import Run
from evals.stats import Estimate
from evals.truth import TO_REVIEW, standing
from knowledge.catalog import Catalog

Tell = Callable[[str, int, int], None]
_SHOWN = 20
_KINDS = {
    Kind.ERROR: "LỖI",
    Kind.CRITICAL: "TRỌNG YẾU",
    Kind.DROP: "TỤT",
    Kind.FLOOR: "NGƯỠNG",
    Kind.SLOW: "CHẬM",
    Kind.UNSCORED: "KHÔNG CHẤM",
}
_VERDICTS = {
    0: ("Qua cổng.", "bold green"),
    1: ("Không qua cổng: có chỗ tệ đi hoặc dưới ngưỡng.", "bold red"),
    2: ("Không qua cổng: lần chạy này không chứng minh được gì.", "bold red"),
}


@contextmanager
def progress_of(console: Console) -> Iterator[Tell]:
    """A bar a suite; nothing is drawn where there is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, Any] = {}
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:

        def tell(suite: str, done: int, total: int) -> None:
            if suite not in tasks:
                tasks[suite] = progress.add_task(suite, total=total)
            progress.update(tasks[suite], completed=done, total=total)

        yield tell


def show_run(console: Console, run: Run) -> None:
    """A line a suite: how many passed, with the interval, and how long an answer took."""
    table = Table(
        "bộ", "đạt", Column("khoảng 95 %", no_wrap=True), "lỗi", "không chấm", "p50", "p95"
    )
    for suite, rows in by_suite(run.rows).items():
        table.add_row(*_suite_line(run, suite, rows))
    console.print(table)


def _suite_line(run: Run, suite: str, rows: Sequence[Row]) -> list[str]:
    found = pass_rate(rows)
    times = latencies(run, suite)
    return [
        suite,
        f"{round(found.value * found.n)}/{found.n}" if found else "–",
        f"{_percent(found.value)} [{_percent(found.low)}; {_percent(found.high)}]" if found else "",
        str(sum(row.error is not None for row in rows) or ""),
        str(sum(row.why is not None for row in rows) or ""),
        *(f"{within(times, share):.0f} ms" if times else "" for share in (0.5, 0.95)),
    ]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %".replace(".", ",")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}".replace(".", ",")


def show_comparison(console: Console, found: Comparison) -> None:
    """The headline and the flips first, then the metrics that moved."""
    _plain(console, f"{found.before} → {found.after}, {found.cases} câu cả hai cùng chấm")
    _plain(console, found.headline(), "bold")
    for flip in found.flips[:_SHOWN]:
        _show_flip(console, flip)
    if len(found.flips) > _SHOWN:
        _plain(console, f"… và {len(found.flips) - _SHOWN} câu nữa đổi kết quả")
    moved = [change for change in found.changes if change.moved]
    if moved:
        console.print(_metric_table(moved))
    _show_conditions(console, found)


def _show_flip(console: Console, flip: Flip) -> None:
    sign, style = ("+", "green") if flip.better else ("−", "red")
    critical = " (trọng yếu)" if flip.critical else ""
    _plain(console, f"{sign} {flip.after.suite}/{flip.after.case}{critical}", style)
    details = [
        ("hỏi", flip.case.turns[-1] if flip.case else ""),
        ("nguồn", flip.source),
        ("vì", ", ".join(flip.after.reasons)),
        ("trước sai vì", ", ".join(flip.before.reasons)),
        (
            "số đo",
            "; ".join(f"{m}: {_number(a)} → {_number(b)}" for m, (a, b) in flip.moved.items()),
        ),
        ("trước", flip.before.error or flip.before.text),
        ("nay", flip.after.error or flip.after.text),
    ]
    for label, text in details:
        if text:
            console.print(Padding(f"{label}: {_short(text)}", (0, 0, 0, 4)), markup=False)


def _short(text: str, most: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rstrip() + "…"


def _metric_table(changes: Sequence[Change]) -> Table:
    longest = max(len(f"{change.suite}/{change.metric}") for change in changes)
    name = Column("số đo", min_width=longest)  # a name cut short cannot be searched for
    table = Table(name, "trước", "nay", "chênh, khoảng 95 %", "câu", "p (Holm)", "")
    for change in sorted(changes, key=lambda change: (change.adjusted, change.suite)):
        table.add_row(
            f"{change.suite}/{change.metric}",
            _number(change.before),
            _number(change.after),
            _interval(change.difference),
            str(change.difference.n),
            _number(change.adjusted),
            "bằng chứng" if change.evidence else "",
        )
    return table


def _interval(found: Estimate) -> str:
    return f"{_number(found.value)} [{_number(found.low)}; {_number(found.high)}]"


def _show_conditions(console: Console, found: Comparison) -> None:
    if found.slower:
        _plain(console, f"Thời gian trả lời: gấp {_interval(found.slower)} lần")
    for name, before, after in found.conditions:
        _plain(console, f"Khác nhau ở {name}: {_short(str(before), 80)} → {_short(str(after), 80)}")
    for label, keys in (("trước", found.only_before), ("sau", found.only_after)):
        if keys:
            names = ", ".join(f"{suite}/{case}" for suite, case in keys[:_SHOWN])
            _plain(console, f"Chỉ có ở lần {label}: {len(keys)} câu: {names}", "yellow")


def show_verdict(console: Console, verdict: Verdict) -> None:
    """What moved, then every reason to stop by name, then the verdict."""
    if verdict.comparison is None:
        _plain(console, "Chưa có chuẩn để so; chỉ xem lỗi và ngưỡng.", "yellow")
    else:
        show_comparison(console, verdict.comparison)
    for finding in verdict.findings:
        _plain(console, f"{_KINDS[finding.kind]} {finding.name}: {finding.detail}", "red")
    _plain(console, *_VERDICTS[verdict.exit_code])


def show_check(console: Console, cases: Sequence[Case], catalog: Catalog | None) -> int:
    """How many cases there are and which wait for a person; 1 when some do."""
    _plain(console, f"{len(cases)} câu hỏi, đều đúng lược đồ.", "green")
    if catalog is None:
        _plain(console, "Chưa có danh mục nên chưa biết câu nào cần xem lại; chạy `motcua ingest`.")
        return 0
    waiting = {case.id: _standing(case, catalog) for case in cases}
    to_review = [case for case in cases if waiting[case.id] == TO_REVIEW]
    for case in to_review:
        _plain(console, f"  cần xem lại: {case.id} ({', '.join(case.codes)})", "yellow")
    counts = Counter(why for why in waiting.values() if why and why != TO_REVIEW)
    unstamped = sum(bool(case.codes) and not case.source_hash for case in cases)
    _plain(
        console,
        f"Cần xem lại {len(to_review)}, ngoài danh mục {sum(counts.values())}, "
        f"chưa đóng dấu nguồn {unstamped}.",
    )
    return int(bool(to_review))


def _standing(case: Case, catalog: Catalog) -> str | None:
    return standing(case, lambda code: catalog.get(code, case.as_of))


def _plain(console: Console, text: str, style: str = "") -> None:
    """One whole line: wrapping would break names that people search for."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
