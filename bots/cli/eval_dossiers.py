"""`motcua eval dossiers`: how often the check of dossiers is wrong, the worst mistake first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

out = Console()
err = Console(stderr=True)

Out = Annotated[Path, typer.Option("--out", help="Thư mục ghi kết quả; chạy lại thì chạy tiếp.")]
Half = Annotated[
    Literal["dev", "test"], typer.Option("--half", help="Nửa nào: dev để sửa luật, test để đo.")
]
Count = Annotated[int, typer.Option("--count", min=1, help="Bao nhiêu hồ sơ.")]
Seed = Annotated[int, typer.Option(help="Hạt giống ngẫu nhiên: cùng số thì cùng bộ hồ sơ.")]
Workers = Annotated[int, typer.Option(min=1, help="Đọc bằng mấy tiến trình.")]


def dossiers(
    directory: Out, half: Half = "dev", count: Count = 60, seed: Seed = 7, workers: Workers = 2
) -> None:
    """Chấm việc kiểm tra hồ sơ trên hồ sơ tự dựng: đủ, và bản sinh đôi có đúng một lỗi."""
    from bots.cli.eval_screens import progress_of
    from evals.dossiers.report import report_lines
    from evals.dossiers.run import run_dossiers

    with progress_of(err) as tell:
        run = run_dossiers(half, count, directory, seed=seed, workers=workers, tell=tell)
    for line in report_lines(run):
        if line.startswith("## "):
            break
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    out.print(f"Báo cáo: {directory / 'report.md'}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2 if any(row.error for row in run.rows) else 0)
