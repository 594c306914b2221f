"""What a source is: how it is read, how a record becomes a procedure, who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.catalog import Origin
from knowledge.procedure import Procedure

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """A record as it was read, or the reason why it could not be; `place` is a line or a file."""

    place: str
    record: Record | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Source:
    """A named source.

    `read` raises UnreadableSource before the first item when nothing can be read. `digest` tells
    without parsing whether a record is the one stored last time.
    """

    name: str
    origin: Origin
    read: Callable[[Path | None], Iterator[Item]]
    parse: Callable[[Record, str], Procedure]
    digest: Callable[[Record], str | None]
