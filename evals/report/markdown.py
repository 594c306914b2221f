"""A comment for a pull request: short, and what flipped comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.compare import Comparison, Flip
from evals.grading import Row
from evals.report.facts import facts
from evals.report.measures import by_suite, counts, failures, pass_rate
from evals.runs import Run
from evals.stats import Estimate

_SHOWN = 20  # flips or failures; more is for the HTML page
_LONGEST = 160
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def markdown_report(run: Run, comparison: Comparison | None) -> str:
    """Vietnamese first as on every screen; question and answers are shown as text, never run."""
    lines = [f"## Đánh giá: {plain(run.name)}", "", *_verdict(run), ""]
    if comparison is not None:
        lines += [*_flips(comparison), ""]
    lines += [*_suites(run), ""]
    if comparison is None:
        lines += [*_failures(run), ""]
    lines += [*_facts(run)]
    return "\n".join(lines) + "\n"


def plain(text: str | None, longest: int = _LONGEST) -> str:
    """Text on one line that Markdown leaves alone; a mention calls nobody."""
    line = " ".join((text or "").split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    return _SPECIAL.sub(r"\\\1", line).replace("@", "@\N{ZERO WIDTH SPACE}")


def _verdict(run: Run) -> Iterator[str]:
    told = counts(run)
    yield (
        f"**{told.passed}/{told.scored} đạt** ({_share(pass_rate(run.rows))}), "
        f"{told.failed} không đạt, {told.errors} lỗi, {told.unscored} không chấm"
    )
    if told.critical_failed:
        yield f"\n**{told.critical_failed}/{told.critical} câu sống còn không đạt.**"


def _share(found: Estimate | None) -> str:
    if found is None:
        return "–"
    percents = [
        f"{share * 100:.1f}".replace(".", ",") for share in (found.value, found.low, found.high)
    ]
    return f"{percents[0]} %, khoảng 95 %: {percents[1]}–{percents[2]}"


def _flips(comparison: Comparison) -> Iterator[str]:
    yield f"### {comparison.headline()}"
    yield ""
    if not comparison.flips:
        yield f"Không câu nào đổi kết quả trên {comparison.cases} câu chung."
        return
    yield "| | Câu | Trước | Sau | Nguồn |"
    yield "|---|---|---|---|---|"
    yield from map(_flip, comparison.flips[:_SHOWN])
    yield from _more(len(comparison.flips))


def _flip(flip: Flip) -> str:
    sign = ("✅ " if flip.better else "❌ ") + ("**sống còn**" if flip.critical else "")
    name = f"{flip.after.suite}/{flip.after.case}"
    asked = f"<br>{plain(flip.case.turns[-1])}" if flip.case else ""
    before, after = plain(_said(flip.before)), plain(_said(flip.after))
    return f"| {sign.strip()} | {plain(name)}{asked} | {before} | {after} | {plain(flip.source)} |"


def _said(row: Row) -> str:
    return row.error or row.text or str(row.status)


def _suites(run: Run) -> Iterator[str]:
    yield "| Bộ câu hỏi | Đạt | Số câu |"
    yield "|---|---|---|"
    for suite, rows in by_suite(run.rows).items():
        found = pass_rate(rows)
        yield f"| {plain(suite)} | {_share(found)} | {found.n if found else 0} |"


def _failures(run: Run) -> Iterator[str]:
    failed = failures(run)
    if not failed:
        yield "Không câu nào không đạt."
        return
    yield "| Không đạt | Hỏi | Vì |"
    yield "|---|---|---|"
    for row in failed[:_SHOWN]:
        case = run.case_of(row)
        name = plain(f"{row.suite}/{row.case}") + (" **sống còn**" if row.critical else "")
        why = row.error or "; ".join(row.reasons) or _said(row)
        yield f"| {name} | {plain(case.turns[-1] if case else '')} | {plain(why)} |"
    yield from _more(len(failed))


def _more(count: int) -> Sequence[str]:
    return [f"\n… và {count - _SHOWN} câu nữa, xem report.html"] if count > _SHOWN else []


def _facts(run: Run) -> Iterator[str]:
    yield "<details><summary>Chạy bằng gì</summary>"
    yield ""
    yield from (f"- {plain(name)}: {plain(value, 200)}" for name, value in facts(run))
    yield ""
    yield "</details>"
