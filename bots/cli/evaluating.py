"""`motcua eval`: run suites, compare runs, judge them, keep the baseline and the cases in order.

Exit codes: 0 is good, 1 is worse than it was, 2 is a run that proves nothing (see evals.gate).
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bots.cli.eval_dossiers import dossiers
from bots.cli.reviewing import register
from knowledge.settings import KnowledgeSettings, read_settings

if TYPE_CHECKING:
    from evals.suites import Suite
    from evals.targets import Target

eval_app = typer.Typer(
    help="Chấm câu trả lời: chạy bộ câu hỏi, so hai lần chạy, giữ cổng chất lượng.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
register(eval_app)
eval_app.command("dossiers")(dossiers)
out = Console()
err = Console(stderr=True)

Out = Annotated[Path, typer.Option("--out", help="Thư mục ghi kết quả; chạy lại thì chạy tiếp.")]
TargetName = Annotated[
    str,
    typer.Option(
        "--target",
        help="Chấm ai: in-process (bản cài này), exact-words hay usual-recipe (mốc so sánh), "
        "địa chỉ http:// của một máy chủ Một Cửa, hay tệp .yaml tả một chatbot khác.",
    ),
]
Seed = Annotated[int, typer.Option(help="Hạt giống ngẫu nhiên: cùng số thì cùng bộ câu hỏi.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Chạy lại từ đầu, bỏ kết quả dở dang.")]
RunDir = Annotated[Path, typer.Argument(help="Thư mục của một lần chạy.")]
Files = Annotated[
    list[Path] | None, typer.Option("--file", help="Tệp câu hỏi; mặc định là mọi tệp đi kèm.")
]
SuiteDir = Annotated[
    Path | None, typer.Option("--suites", help="Thư mục bộ câu hỏi; mặc định là bộ đi kèm.")
]
CaseDir = Annotated[
    Path | None, typer.Option("--cases", help="Thư mục câu hỏi; mặc định là câu hỏi đi kèm.")
]
Baseline = Annotated[Path | None, typer.Option(help="Thư mục chuẩn; mặc định là chuẩn đi kèm.")]


@eval_app.command("all")
def evaluate_all(
    directory: Out,
    target: TargetName = "in-process",
    seed: Seed = 7,
    fresh: Fresh = False,
    suites: SuiteDir = None,
    cases: CaseDir = None,
) -> None:
    """Chạy mọi bộ câu hỏi mà đích trả lời được, và viết báo cáo vào thư mục."""
    _evaluate([], directory, target, seed, fresh, suites, cases)


@eval_app.command("run")
def evaluate_some(
    names: Annotated[list[str], typer.Argument(help="Tên bộ câu hỏi, ví dụ: answers safety.")],
    directory: Out,
    target: TargetName = "in-process",
    seed: Seed = 7,
    fresh: Fresh = False,
    suites: SuiteDir = None,
    cases: CaseDir = None,
) -> None:
    """Chạy vài bộ câu hỏi theo tên, và viết báo cáo vào thư mục."""
    _evaluate(names, directory, target, seed, fresh, suites, cases)


def _evaluate(
    names: list[str],
    directory: Path,
    target: str,
    seed: int,
    fresh: bool,
    suites: Path | None,
    cases: Path | None,
) -> None:
    from bots.cli.eval_corpus import opened, with_catalogue
    from bots.cli.eval_screens import progress_of, show_run
    from evals.cases import CASES
    from evals.report import write_reports_of
    from evals.run import run_suites
    from evals.runs import read_run, versions_of
    from evals.suites import SUITES, read_suites
    from evals.targets import NAMED, open_target

    chosen = read_suites(names, suites or SUITES)
    folder = cases or CASES
    settings = with_catalogue(read_settings(KnowledgeSettings), directory)
    name = target.replace("-", "_")
    asked = open_target(name if name in NAMED else target, settings)
    with closing(asked), opened(settings) as catalog:
        chosen = chosen if names else _answerable(chosen, asked)
        with progress_of(err) as tell:
            run_suites(
                chosen, asked, catalog, directory, seed, fresh=fresh, tell=tell, cases=folder
            )
        run = read_run(directory, sorted(folder.glob("*.jsonl")))
        show_run(out, run)
        files = write_reports_of(run, directory, versions=versions_of(run, catalog))
    out.print(f"Báo cáo: {files[0]}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2 if any(row.error for row in run.rows) else 0)


def _answerable(suites: list[Suite], target: Target) -> list[Suite]:
    """The suites for which the target tells enough; the others are named, not failed."""
    for suite in suites:
        if missing := sorted(set(suite.needs) - target.tells):
            err.print(f"Bỏ qua {suite.name}: {target.name} không cho biết {', '.join(missing)}.")
    return [suite for suite in suites if set(suite.needs) <= target.tells]


@eval_app.command("compare")
def compare_runs(
    before: RunDir,
    after: RunDir,
    common: Annotated[
        bool, typer.Option("--common", help="Chỉ so những câu cả hai lần chạy cùng có.")
    ] = False,
) -> None:
    """So hai lần chạy: trước hết là những câu đổi kết quả, rồi tới các số đo."""
    from bots.cli.eval_screens import show_comparison
    from evals.compare import compare
    from evals.runs import read_run

    first, second = read_run(before), read_run(after)
    show_comparison(out, compare(first, second, common=common))


@eval_app.command("gate")
def gate(directory: RunDir, baseline: Baseline = None, suites: SuiteDir = None) -> None:
    """Cổng chất lượng: thoát 0 khi qua, 1 khi tệ đi, 2 khi lần chạy không chứng minh được gì."""
    from bots.cli.eval_screens import show_verdict
    from evals.baseline_files import read_baseline
    from evals.gate import BASELINE, judge
    from evals.runs import read_run
    from evals.suites import SUITES, read_suites

    run = read_run(directory)
    floors = {suite.name: suite.floors for suite in read_suites(directory=suites or SUITES)}
    verdict = judge(run, read_baseline(baseline or BASELINE), floors)
    show_verdict(out, verdict)
    sys.exit(verdict.exit_code)


@eval_app.command("bless")
def bless_run(directory: RunDir, baseline: Baseline = None) -> None:
    """Lấy một lần chạy làm chuẩn mới cho cổng chất lượng, và nói điều gì đổi."""
    from bots.cli.eval_screens import show_comparison
    from evals.gate import BASELINE, bless
    from evals.runs import read_run

    run = read_run(directory)
    moved = bless(run, baseline or BASELINE)
    if moved is not None:
        show_comparison(out, moved)
    out.print(f"Chuẩn mới: {len(run.rows)} câu, ghi vào {baseline or BASELINE}.", markup=False)


@eval_app.command("schema")
def show_schema() -> None:
    """In lược đồ JSON của một câu hỏi."""
    from evals.cases import schema

    sys.stdout.write(schema() + "\n")


@eval_app.command("check")
def check(files: Files = None) -> None:
    """Kiểm tra mọi câu hỏi, và liệt kê câu cần xem lại vì nguồn đã đổi."""
    from bots.cli.eval_corpus import has_procedures, opened
    from bots.cli.eval_screens import show_check
    from evals.cases import read_cases

    cases = read_cases(_case_files(files))
    settings = read_settings(KnowledgeSettings)
    if not has_procedures(settings):
        show_check(out, cases, None)
        return
    with opened(settings) as catalog:
        sys.exit(show_check(out, cases, catalog))


def _case_files(files: list[Path] | None) -> list[Path]:
    from evals.cases import CASES

    return files or sorted(CASES.glob("*.jsonl"))


@eval_app.command("stamp")
def stamp(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Mã câu vừa xem lại; không có thì câu chưa đóng dấu.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Người đã xem lại.")] = None,
    files: Files = None,
) -> None:
    """Đóng dấu nguồn: ghi mã băm của bản ghi và ngày xem lại vào câu hỏi."""
    from bots.cli.eval_corpus import has_procedures, opened
    from evals.errors import EvalError
    from evals.stamping import Review, stamp_files

    settings = read_settings(KnowledgeSettings)
    if not has_procedures(settings):
        raise EvalError("Chưa có danh mục để lấy dấu; chạy `motcua ingest starter` trước.")
    review = Review(datetime.now(UTC).date(), by)
    with opened(settings) as catalog:
        changed = stamp_files(_case_files(files), catalog, review, ids or ())
    out.print(f"Đã đóng dấu {len(changed)} câu.")
