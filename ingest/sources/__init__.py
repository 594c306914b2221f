"""Sources of procedures by name. To add one: a module here and one line in SOURCES."""

from __future__ import annotations

from ingest.errors import UnknownSource
from ingest.sources.model import Item, Source
from ingest.sources.snapshot import SNAPSHOT
from ingest.sources.starter import STARTER

SOURCES: dict[str, Source] = {"starter": STARTER, "snapshot": SNAPSHOT}

__all__ = ["SOURCES", "Item", "Source", "source_named"]


def source_named(name: str) -> Source:
    """The source called `name`; raises UnknownSource listing those there are."""
    try:
        return SOURCES[name]
    except KeyError:
        known = ", ".join(SOURCES)
        raise UnknownSource(f"Không có nguồn nào tên {name!r}. Các nguồn: {known}.") from None
