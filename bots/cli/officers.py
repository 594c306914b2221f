"""`motcua officer`: who may answer citizens. `motcua doctor audit`: is the audit whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from knowledge.settings import KnowledgeSettings, read_settings

if TYPE_CHECKING:
    from assistant.officers import Officer, Officers

officer_app = typer.Typer(
    help="Cán bộ trả lời câu hỏi của người dân: mời, xem, thu hồi.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
out = Console()
err = Console(stderr=True)
Name = Annotated[str, typer.Argument(help="Tên cán bộ, ví dụ “Lan, phường Hoa Mai”.")]


@officer_app.command()
def invite(name: Name) -> None:
    """Tạo mã mời dùng một lần; gõ lại thì có mã mới và liên kết cũ hết hiệu lực."""
    from assistant.officers import INVITE_LASTS

    with _opened() as officers:
        code = officers.invite(name.strip()[:100])
    hours = int(INVITE_LASTS.total_seconds() // 3600)
    out.print(code, highlight=False)
    err.print(
        f"{name} gửi cho bot trên Telegram:  /officer {code}\n"
        f"Mã dùng được một lần, trong {hours} giờ, và chỉ hiện ra lúc này.",
        highlight=False,
        markup=False,
    )


@officer_app.command("list")
def list_officers() -> None:
    """Ai đã được mời, đã liên kết, đã thu hồi."""
    table = Table("Cán bộ", "Tình trạng", box=None)
    with _opened() as officers:
        for officer in officers.all():
            table.add_row(officer.name, _state(officer))
    out.print(table)


@officer_app.command()
def revoke(name: Name) -> None:
    """Cán bộ này không nhận và không trả lời câu hỏi nữa."""
    from assistant.errors import UnknownOfficer

    with _opened() as officers:
        try:
            officers.revoke(name.strip())
        except UnknownOfficer as error:
            err.print(str(error), style="red", markup=False)
            raise typer.Exit(1) from None
    err.print(f"Đã thu hồi quyền của {name}.", markup=False, highlight=False)


def _state(officer: Officer) -> str:
    if officer.revoked:
        return "đã thu hồi"
    if officer.account:
        return f"đã liên kết ({officer.account.partition(':')[0]})"
    if officer.invited_until:
        return f"đã mời, mã dùng được đến {officer.invited_until:%d/%m/%Y %H:%M} UTC"
    return "chưa liên kết"


@contextmanager
def _opened() -> Iterator[Officers]:
    from assistant.officers import Officers

    officers = Officers.open_at(read_settings(KnowledgeSettings).sql_url)
    try:
        yield officers
    finally:
        officers.close()


def show_audit(settings: KnowledgeSettings) -> int:
    """Verify the chain of audit rows; 0 when it is whole, 1 with the first broken row."""
    from assistant.audit import Audit

    audit = Audit.open_at(settings.sql_url)
    try:
        broken, (count, head) = audit.verify(), audit.head()
    finally:
        audit.close()
    if broken is not None:
        err.print(
            f"Nhật ký bị sửa ở dòng {broken.number}: {broken.problem}.", style="red", markup=False
        )
        return 1
    out.print(f"Nhật ký nguyên vẹn: {count} dòng, dòng cuối {head[:16]}…", highlight=False)
    return 0
