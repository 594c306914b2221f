"""`motcua eval report | review | mark-bad | export | judge`: what people read of a run, what they
say to it, and what other tools get of it. `register` adds the commands to `motcua eval`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from knowledge.settings import KnowledgeSettings, read_settings

if TYPE_CHECKING:
    from assistant.models import Answer
    from evals.cases import Case
    from evals.runs import Run
    from knowledge.catalog import Version

review_app = typer.Typer(
    help="Người chấm: xuất mẫu để chấm mù, nhập lại lời chấm.", no_args_is_help=True
)
out = Console()
err = Console(stderr=True)

RunDir = Annotated[Path, typer.Argument(help="Thư mục của một lần chạy.")]
RunDirs = Annotated[list[Path], typer.Argument(help="Thư mục của một hay nhiều lần chạy.")]
Out = Annotated[Path | None, typer.Option("--out", help="Thư mục ghi; mặc định là trong lần chạy.")]
AddTo = Annotated[
    Path | None, typer.Option("--add-to", help="Tệp JSONL nhận câu hỏi mới; không có thì chỉ in.")
]
ReviewDir = Annotated[Path, typer.Argument(help="Thư mục có key.json của mẫu chấm.")]


def register(app: typer.Typer) -> None:
    """Add every command of this module to `motcua eval`."""
    app.add_typer(review_app, name="review")
    app.command("report")(report)
    app.command("mark-bad")(mark_bad)
    app.command("export")(export)
    app.command("judge")(judge)


def report(
    directory: RunDir,
    to: Out = None,
    against: Annotated[Path | None, typer.Option(help="Lần chạy trước để so.")] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="Các lần chạy cũ, cũ nhất trước, để vẽ xu hướng.")
    ] = None,
) -> None:
    """Viết báo cáo: HTML, JUnit XML, Markdown, CSV."""
    from evals.report import write_reports_of
    from evals.runs import read_run

    run = read_run(directory)
    files = write_reports_of(
        run,
        to or directory,
        [read_run(one) for one in earlier or ()],
        before=read_run(against) if against else None,
        versions=_records([run]),
    )
    _tell_files(files)


@review_app.command("export")
def export_sample(
    runs: RunDirs,
    to: Out = None,
    size: Annotated[int, typer.Option(min=1, help="Số câu.")] = 60,
    seed: Annotated[int, typer.Option(help="Hạt giống ngẫu nhiên.")] = 7,
) -> None:
    """Viết trang chấm mù (gửi người chấm) và key.json (giữ lại)."""
    from evals.review import sample, write_review
    from evals.runs import read_run

    found = [read_run(one) for one in runs]
    key = sample(found, size, seed)
    _tell_files(write_review(key, _cases(found), _records(found), to or runs[0] / "review"))


@review_app.command("import")
def import_verdicts(
    directory: ReviewDir,
    files: Annotated[list[Path], typer.Argument(help="Tệp lời chấm mà người chấm lưu.")],
    add_to: AddTo = None,
) -> None:
    """Đọc lời chấm: mức đồng thuận, lời chấm theo hệ thống, câu hỏi mới từ câu trả lời sai."""
    from evals.cases import CASES, read_cases
    from evals.marking import cases_from
    from evals.review import KEY, findings, read_key, read_review, store_review

    review = read_review(read_key(directory / KEY), files)
    _tell_files(store_review(review, directory))
    _show(findings(review))
    known = {case.id: case for case in read_cases(sorted(CASES.glob("*.jsonl")))}
    _keep(cases_from(review, known, datetime.now(UTC).date()), add_to)


def mark_bad(
    question: Annotated[str, typer.Argument(help="Câu đã hỏi mà câu trả lời không tốt.")],
    answer: Annotated[
        str | None,
        typer.Argument(help="Tệp JSON của câu trả lời, - là stdin; không có thì hỏi lại."),
    ] = None,
    author: Annotated[str, typer.Option("--by", help="Ai báo.")] = "live",
    code: Annotated[
        list[str] | None, typer.Option(help="Thủ tục đúng; hai mã trở lên nếu lẽ ra phải hỏi lại.")
    ] = None,
    decline: Annotated[str | None, typer.Option(help="Lẽ ra phải từ chối, vì sao.")] = None,
    wrong: Annotated[list[str] | None, typer.Option(help="Lời sai trong câu trả lời.")] = None,
    missing: Annotated[list[str] | None, typer.Option(help="Lời lẽ ra phải có.")] = None,
    harmful: Annotated[bool, typer.Option("--harmful", help="Có thể gây hại.")] = False,
    add_to: AddTo = None,
) -> None:
    """Biến một câu trả lời không tốt thành câu hỏi kiểm tra."""
    from evals.marking import Complaint, decline_of, marked_bad

    complaint = Complaint(
        codes=tuple(code or ()),
        decline=decline_of(decline),
        wrong_words=tuple(wrong or ()),
        missing=tuple(missing or ()),
        harmful=harmful,
    )
    case = marked_bad(question, _answer(question, answer), complaint, author)
    err.print("Đọc lại câu hỏi: bỏ tên người, địa chỉ nếu còn.", markup=False)
    _keep([case], add_to)


def _answer(question: str, source: str | None) -> Answer:
    from evals.marking import read_answer

    if source is not None:
        text = sys.stdin.read() if source == "-" else None
        return read_answer(Path(source), text)
    from assistant.bootstrap import build_assistant
    from assistant.models import Question

    assistant = build_assistant(read_settings(KnowledgeSettings))
    try:
        return assistant.reply(Question(text=question))
    finally:
        assistant.close()


def export(
    form: Annotated[str, typer.Argument(help="ragas hay promptfoo.")],
    directory: RunDir,
    to: Out = None,
) -> None:
    """Xuất câu hỏi và câu trả lời sang dạng của ragas hay promptfoo."""
    from evals.errors import EvalError
    from evals.export import EXPORTS
    from evals.runs import read_run

    if form not in EXPORTS:
        raise EvalError(f"Chỉ xuất được {', '.join(EXPORTS)}; không có dạng {form!r}.")
    run = read_run(directory)
    _tell_files(EXPORTS[form](run, _records([run]), to or directory / "export"))


def judge(
    directory: ReviewDir,
    runs: Annotated[list[Path], typer.Argument(help="Các lần chạy mà mẫu lấy ra.")],
) -> None:
    """Nhờ một mô hình ngôn ngữ (MOTCUA_JUDGE) chấm mẫu, và so nó với người chấm."""
    from evals.judge import Judge, JudgeSettings, against_people, as_lines, load_judge
    from evals.review import KEY, read_key, stored_review
    from evals.runs import read_run

    key = read_key(directory / KEY)
    name = read_settings(JudgeSettings).judge
    model = load_judge(name)
    found = [read_run(one) for one in runs]
    judgements = Judge(model).judge(key.items, _cases(found), _records(found))
    told = against_people(str(name), judgements, stored_review(key, directory), key)
    (directory / "judgements.jsonl").write_text(as_lines(judgements), encoding="utf-8")
    (directory / "judge.json").write_text(_text(told), encoding="utf-8")
    _show(told)


def _cases(runs: Sequence[Run]) -> dict[str, Case]:
    return {name: case for run in runs for name, case in run.cases.items()}


def _records(runs: Sequence[Run]) -> dict[str, Version]:
    from bots.cli.eval_corpus import records_of

    return {code: version for run in runs for code, version in records_of(run).items()}


def _keep(cases: list[Case], add_to: Path | None) -> None:
    from evals.marking import add_cases

    new = cases if add_to is None else add_cases(add_to, cases)
    for case in new:
        sys.stdout.write(case.model_dump_json(exclude_defaults=True) + "\n")


def _tell_files(files: Sequence[Path]) -> None:
    for file in files:
        err.print(f"Đã viết {file}", markup=False, highlight=False, soft_wrap=True)


def _show(values: dict[str, Any]) -> None:
    sys.stdout.write(_text(values))


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
