"""Which procedures an evaluation asks about: what was ingested, else the starter corpus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from evals.runs import Run, versions_of
from knowledge.catalog import Catalog, Version
from knowledge.settings import KnowledgeSettings, read_settings

err = Console(stderr=True)


def with_catalogue(settings: KnowledgeSettings, directory: Path) -> KnowledgeSettings:
    """The settings as they are, or, where nothing was ingested, the starter corpus beside the run.

    A run must work on a fresh checkout, and must not write into a data directory that a server
    may be about to use.
    """
    from bots.cli.ingesting import run_ingest

    if has_procedures(settings):
        return settings
    beside = _beside(settings, directory)
    if not has_procedures(beside):
        err.print(f"Chưa có danh mục; nạp bộ thủ tục khởi đầu vào {beside.data_dir}.")
        run_ingest(beside, err, "starter", None, rebuild=False, accept=False)
    return beside


def records_of(run: Run) -> dict[str, Version]:
    """The records that a run's cases rest on, from what was ingested or what lies beside the run.

    Empty without either: reports then leave fields and sources out.
    """
    settings = read_settings(KnowledgeSettings)
    places = [settings, _beside(settings, run.directory)]
    found = next((place for place in places if has_procedures(place)), None)
    if found is None:
        return {}
    with opened(found) as catalog:
        return versions_of(run, catalog)


def _beside(settings: KnowledgeSettings, directory: Path) -> KnowledgeSettings:
    own = {"data_dir": directory / "data", "database_url": None, "chroma_url": None}
    return settings.model_copy(update=own)


def has_procedures(settings: KnowledgeSettings) -> bool:
    """Whether anything was ingested; looking makes no database."""
    if settings.database_url is None and not (settings.data_dir / "motcua.db").is_file():
        return False
    with opened(settings) as catalog:
        return catalog.count() > 0


@contextmanager
def opened(settings: KnowledgeSettings) -> Iterator[Catalog]:
    """The catalogue, closed afterwards."""
    catalog = Catalog.open(settings.sql_url)
    try:
        yield catalog
    finally:
        catalog.close()
