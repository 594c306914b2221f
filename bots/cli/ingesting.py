"""`motcua ingest`: a progress bar, the summary, and the index that follows."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ingest.pipeline import Summary, ingest
from ingest.sources import source_named
from knowledge.catalog import Catalog, Change
from knowledge.embedding import load_embedder
from knowledge.index import IndexStore
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import KnowledgeSettings

_SHOWN = 10


def run_ingest(
    settings: KnowledgeSettings,
    console: Console,
    source: str | None,
    path: Path | None,
    *,
    rebuild: bool,
    accept: bool,
) -> None:
    """Store a source and publish an index; raises what the packages raise."""
    catalog = Catalog.open(settings.sql_url)
    try:
        with _progress(console) as progress:
            summary = None
            if source is not None:
                task = progress.add_task("Đọc và lưu", total=None)
                summary = ingest(
                    source_named(source),
                    path,
                    catalog,
                    settings.data_dir,
                    accept_suspicious=accept,
                    progress=lambda count: progress.advance(task, count),
                )
            built = _build(settings, catalog, progress, rebuild=rebuild)
    finally:
        catalog.close()
    if summary:
        _show(console, summary)
    console.print(f"Chỉ mục mới: {built}" if built else "Chỉ mục đã mới nhất.", style="green")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)


def _build(
    settings: KnowledgeSettings, catalog: Catalog, progress: Progress, *, rebuild: bool
) -> str | None:
    task = progress.add_task("Dựng chỉ mục", total=None)
    store = IndexStore(settings.index_dir, settings.chroma_url)
    return store.build(
        catalog,
        read_phrasebook(),
        load_embedder(settings.model_path),
        rebuild=rebuild,
        progress=lambda _label, done, total: progress.update(task, completed=done, total=total),
    )


def _show(console: Console, summary: Summary) -> None:
    counts = summary.counts
    places = {entry.place for entry in summary.set_aside}
    console.print(
        f"Thêm mới {counts[Change.ADDED]}, thay đổi {counts[Change.CHANGED]}, "
        f"không đổi {counts[Change.UNCHANGED]}, để riêng {len(places)}."
    )
    for entry in summary.set_aside[:_SHOWN]:
        kind = "giữ lại chờ xem" if entry.held else "để riêng"
        text = f"  {kind}: {entry.place}: {entry.field}: {entry.reason}"
        console.print(text, style="yellow", markup=False)
    if summary.report:
        console.print(f"  Danh sách đầy đủ: {summary.report}", style="yellow", markup=False)
