"""motcua: the terminal. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import gc
import sys
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from knowledge.errors import KnowledgeError
from knowledge.settings import KnowledgeSettings, read_settings

if TYPE_CHECKING:
    from assistant.bootstrap import Assistant

app = typer.Typer(
    help="Một Cửa: hỏi đáp thủ tục hành chính, có trích nguồn, không cần mạng.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
doctor_app = typer.Typer(help="Kiểm tra bản cài đặt và nói cần làm gì.")
app.add_typer(doctor_app, name="doctor")
out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="In câu trả lời dạng JSON.")]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="Đọc câu hỏi từ stdin, mỗi dòng một JSON.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Trả lời theo bản có hiệu lực ngày này."),
]
OptionalPath = Annotated[Path | None, typer.Argument(help="Tệp hay thư mục của nguồn.")]


def main() -> None:
    """Run a command; an expected error is one sentence on stderr and exit code 1 (eval: 2)."""
    from assistant.errors import AssistantError
    from bots.telegram.errors import TelegramBotError
    from evals.errors import EvalError
    from ingest.errors import IngestError

    try:
        if not _is_own(sys.argv[1:2]):
            _add_groups()
        app()
    except (KnowledgeError, IngestError, AssistantError, TelegramBotError) as error:
        _fail(str(error))
    except EvalError as error:
        _fail(str(error), code=2)
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        sys.stderr.close()
        sys.exit(0)
    finally:
        # On its way out the interpreter would look through all that was built, once more: a tenth
        # of a cold question.
        gc.freeze()


def _is_own(called: list[str]) -> bool:
    """Whether a command of this file is called, none of a group's; help lists them all."""
    return any(
        one.callback and [one.callback.__name__] == called for one in app.registered_commands
    )


@cache
def _add_groups() -> None:
    """Commands that stand in files of their own, which a question need not wait for."""
    from bots.cli.evaluating import eval_app
    from bots.cli.officers import officer_app

    app.add_typer(eval_app, name="eval")
    app.add_typer(officer_app, name="officer")


def _fail(message: str, code: int = 1) -> NoReturn:
    err.print(message, style="red", markup=False)
    sys.exit(code)


def _settings() -> KnowledgeSettings:
    return read_settings(KnowledgeSettings)


def _assistant() -> Assistant:
    from bots.cli.starting import start_assistant

    return start_assistant(_settings())


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="Câu hỏi, bằng lời thường.")] = None,
    as_json: Json = False,
    jsonl: Jsonl = False,
    as_of: AsOf = None,
    code: Annotated[str | None, typer.Option(help="Mã thủ tục, nếu đã biết.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Cho xem ứng viên, lý do và các đoạn đã dùng.")
    ] = False,
) -> None:
    """Trả lời một câu hỏi, hay nhiều câu từ stdin (--jsonl)."""
    from bots.cli.starting import settle

    assistant = _assistant()
    from assistant.models import Question
    from bots.cli.terminal import answer_lines, show_answer, show_explanation

    try:
        if jsonl:
            settle()
            answer_lines(assistant, sys.stdin.buffer, sys.stdout)
            return
        if not (question or "").strip():
            _fail('Hãy viết câu hỏi, ví dụ: motcua ask "làm giấy khai sinh cần gì"')
        asked = Question(text=str(question)[:4000], code=code, as_of=_day(as_of))
        answer, turn = assistant.explain(asked)
        if as_json:
            sys.stdout.write(answer.model_dump_json() + "\n")
        else:
            show_answer(out, answer)
        if explain:
            show_explanation(err, answer, turn)
    finally:
        assistant.close()


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@app.command()
def search(
    question: Annotated[str | None, typer.Argument(help="Câu hỏi, bằng lời thường.")] = None,
    jsonl: Jsonl = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Số kết quả.")] = 10,
) -> None:
    """Xếp hạng các thủ tục gần với câu hỏi."""
    from bots.cli.starting import settle

    assistant = _assistant()
    from bots.cli.terminal import search_lines, show_hits

    try:
        if jsonl:
            settle()
            search_lines(assistant, sys.stdin.buffer, sys.stdout, limit)
        elif question:
            show_hits(out, assistant.search(question, limit))
        else:
            _fail('Hãy viết câu hỏi, ví dụ: motcua search "sổ đỏ"')
    finally:
        assistant.close()


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Ảnh, PDF, Word hay ZIP của hồ sơ.")],
    procedure: Annotated[str, typer.Option(help="Mã thủ tục, hoặc lời thường để tìm.")],
    case: Annotated[str | None, typer.Option(help="Trường hợp, nếu đã biết.")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="Trả lời một câu hỏi: id=giá_trị; nhiều lần được.")
    ] = None,
    counter: Annotated[
        bool, typer.Option("--counter", help="Giấy nằm ở quầy, cán bộ đã xem bản chính.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    to: Annotated[
        Path | None, typer.Option("--out", help="Thư mục viết phiếu (DOCX và PDF).")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(help="Lý do; viết thêm phiếu từ chối vào --out.")
    ] = None,
    language: Annotated[str, typer.Option(help="vi hay en.")] = "vi",
) -> None:
    """Kiểm tra hồ sơ đủ chưa. Mã thoát: 0 đủ, 3 chưa đủ, 4 cần cán bộ xem, 1 lỗi."""
    from bots.cli.checking import Asked, run_check

    if language not in ("vi", "en"):
        _fail("Chỉ có --language vi hoặc en.")
    asked = Asked(
        procedure,
        tuple(files),
        case,
        tuple(answer or ()),
        counter,
        as_json,
        to,
        reject,
        "en" if language == "en" else "vi",
    )
    sys.exit(run_check(_settings(), asked, out, err))


@app.command()
def ingest(
    source: Annotated[str | None, typer.Argument(help="Tên nguồn: starter, snapshot.")] = None,
    path: OptionalPath = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Dựng lại chỉ mục dù không đổi.")
    ] = False,
    accept_suspicious: Annotated[
        bool, typer.Option("--accept-suspicious", help="Nhận cả những thay đổi đáng ngờ.")
    ] = False,
) -> None:
    """Nạp thủ tục từ một nguồn rồi dựng chỉ mục."""
    from bots.cli.ingesting import run_ingest

    if source is None and not rebuild:
        _fail("Cho biết nguồn: motcua ingest starter, hoặc motcua ingest snapshot ĐƯỜNG_DẪN")
    run_ingest(_settings(), err, source, path, rebuild=rebuild, accept=accept_suspicious)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Cổng.")] = 8000,
    host: Annotated[str, typer.Option(help="Địa chỉ nghe.")] = "127.0.0.1",
) -> None:
    """Mở trang web hỏi đáp."""
    from assistant.bootstrap import build_dossiers
    from bots.cli.serving import run_server
    from bots.web.settings import WebSettings

    assistant, settings = _assistant(), read_settings(WebSettings)
    make_dossiers = partial(build_dossiers, _settings(), assistant.catalog)
    run_server(assistant, make_dossiers, settings, host, port)


@app.command()
def telegram(
    polling: Annotated[bool, typer.Option("--polling", help="Tự hỏi Telegram tin mới.")] = False,
    webhook: Annotated[
        str | None, typer.Option(help="Địa chỉ https mà Telegram gọi tới khi có tin.")
    ] = None,
    with_web: Annotated[
        bool, typer.Option("--with-web", help="Mở cả trang web trên cùng cổng.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Cổng của webhook và web.")] = 8080,
    host: Annotated[str, typer.Option(help="Địa chỉ nghe.")] = "127.0.0.1",
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Số tiến trình trả lời; đè MOTCUA_TELEGRAM_WORKERS."),
    ] = None,
) -> None:
    """Chạy bot Telegram; mã của bot lấy ở MOTCUA_TELEGRAM_TOKEN."""
    from bots.cli.telegramming import Ways, run_telegram

    if polling == (webhook is not None):
        _fail("Chọn một cách: motcua telegram --polling, hoặc --webhook https://ĐỊA_CHỈ")
    run_telegram(_settings(), Ways(webhook, with_web, host, port, workers))


@app.command()
def train(
    output: Annotated[Path, typer.Argument(help="Thư mục ghi mô hình.")],
    steps: Annotated[int | None, typer.Option(min=1, help="Số bước huấn luyện.")] = None,
    seed: Annotated[int | None, typer.Option(help="Hạt giống ngẫu nhiên.")] = None,
) -> None:
    """Huấn luyện mô hình nhúng từ danh mục và sổ từ ngữ."""
    from bots.cli.teaching import run_training

    run_training(_settings(), err, output, steps, seed)


@doctor_app.callback(invoke_without_command=True)
def doctor(context: typer.Context) -> None:
    """Kiểm tra mô hình, chỉ mục, danh mục, đĩa, đồ nghề đọc hồ sơ; nói cần làm gì."""
    from assistant.dossier.settings import DossierSettings
    from bots.cli.checkup import examine, show_checkup
    from bots.cli.checkup_dossiers import examine_dossiers
    from ingest.settings import ReadingSettings
    from knowledge.settings import read_settings

    if context.invoked_subcommand is None:
        settings = _settings()
        reading, own = read_settings(ReadingSettings), read_settings(DossierSettings)
        found = [*examine(settings), *examine_dossiers(settings.data_dir, reading, own)]
        sys.exit(show_checkup(out, found))


@doctor_app.command("corpus")
def doctor_corpus(
    against: Annotated[Path | None, typer.Option(help="Tệp chụp cổng để đối chiếu.")] = None,
) -> None:
    """Độ đầy đủ của bộ thủ tục khởi đầu; đối chiếu với một bản chụp cổng."""
    from bots.cli.checkup import show_corpus

    sys.exit(show_corpus(out, against))


@doctor_app.command("reading")
def doctor_reading() -> None:
    """Độ dễ đọc của từng thủ tục khởi đầu, khó nhất trước."""
    from bots.cli.checkup import show_reading

    show_reading(out)


@doctor_app.command("phrasebook")
def doctor_phrasebook(
    against: Annotated[
        Path | None, typer.Option(help="Tệp chụp cổng để biết mã nào có thật.")
    ] = None,
) -> None:
    """Tìm câu trùng, câu chép tên, câu đứng dưới hai mã."""
    from bots.cli.checkup import show_phrasebook

    sys.exit(show_phrasebook(out, _settings(), against))


@doctor_app.command("overrides")
def doctor_overrides(
    to: Annotated[
        Path | None, typer.Option("--out", help="Tệp JSONL; không có thì in ra màn hình.")
    ] = None,
) -> None:
    """Xuất những kết luận mà cán bộ sửa, mỗi dòng một trường hợp để đo lại việc kiểm tra."""
    from bots.cli.overriding import write_overrides

    write_overrides(_settings(), to, sys.stdout)


@doctor_app.command("audit")
def doctor_audit() -> None:
    """Nhật ký bàn giao có bị sửa, xóa hay chèn dòng nào không."""
    from bots.cli.officers import show_audit

    sys.exit(show_audit(_settings()))
