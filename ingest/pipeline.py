"""Read -> parse -> review -> catalogue -> index.

A bad record never stops the run: it is set aside with its place, field and reason. Batches are
committed one by one, so a run that was stopped goes on where it was when started again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from ingest.errors import UnreadableSource
from ingest.review import suspicions
from ingest.sources.model import Item, Source
from knowledge.catalog import Catalog, Change, Origin
from knowledge.errors import InvalidProcedure
from knowledge.procedure import Procedure

_BATCH = 200
Progress = Callable[[int], None]


@dataclass(frozen=True)
class SetAside:
    """A record that was not stored: where it stands, which field, why, and what kind of stop."""

    place: str
    code: str | None
    field: str
    reason: str
    held: bool = False


@dataclass
class Summary:
    """What a run did."""

    counts: Counter[Change] = field(default_factory=Counter)
    set_aside: list[SetAside] = field(default_factory=list)
    report: Path | None = None

    @property
    def stored(self) -> int:
        """Records that are in the catalogue now, new or not."""
        return sum(self.counts.values())


def ingest(
    source: Source,
    path: Path | None,
    catalog: Catalog,
    data_dir: Path,
    *,
    accept_suspicious: bool = False,
    progress: Progress = lambda done: None,
) -> Summary:
    """Bring `source` into the catalogue; raises UnreadableSource when not one record is usable."""
    run = _Run(source, catalog, accept_suspicious)
    items = source.read(path)
    while batch := list(islice(items, _BATCH)):
        run.store(batch)
        progress(len(batch))
    run.summary.report = _write_report(data_dir, source.name, run.summary.set_aside)
    if not run.summary.stored:
        first = run.summary.set_aside[0] if run.summary.set_aside else None
        raise UnreadableSource(
            "Không dùng được bản ghi nào của nguồn"
            + (f"; {first.place}: {first.field}: {first.reason}" if first else "")
        )
    return run.summary


class _Run:
    """One pass over a source."""

    def __init__(self, source: Source, catalog: Catalog, accept_suspicious: bool) -> None:
        self.summary = Summary()
        self._source = source
        self._catalog = catalog
        self._accept = accept_suspicious
        self._known = catalog.source_hashes(source.origin)
        self._places: dict[str, str] = {}

    def store(self, batch: Iterable[Item]) -> None:
        """Parse, review and store; unchanged records are recognised before parsing."""
        procedures = [p for p in map(self._procedure, batch) if p is not None]
        changes = self._catalog.add(procedures, self._source.origin)
        self.summary.counts.update(changes)

    def _procedure(self, item: Item) -> Procedure | None:
        if item.record is None:
            self._set_aside(item, "(bản ghi)", item.problem or "không đọc được")
            return None
        code = str(item.record.get("code"))
        if self._is_known(code, item):
            self.summary.counts[Change.UNCHANGED] += 1
            return None
        try:
            procedure = self._source.parse(item.record, item.place)
        except InvalidProcedure as error:
            for path, sentence in error.problems:
                self._set_aside(item, path, sentence)
            return None
        return procedure if self._is_sound(item, procedure) else None

    def _is_known(self, code: str, item: Item) -> bool:
        if code in self._places or item.record is None:
            return False
        digest = self._source.digest(item.record)
        known = digest is not None and self._known.get(code) == digest
        if known:
            self._places[code] = item.place
        return known

    def _is_sound(self, item: Item, procedure: Procedure) -> bool:
        place = self._places.setdefault(procedure.code, item.place)
        if place != item.place:
            self._set_aside(item, "code", f"mã {procedure.code} đã có ở {place}")
            return False
        if self._accept:
            return True
        doubts = list(self._doubts(procedure))
        for path, reason in doubts:
            self._set_aside(item, path, reason, held=True)
        return not doubts

    def _doubts(self, procedure: Procedure) -> Iterator[tuple[str, str]]:
        if self._source.origin is not Origin.PORTAL or procedure.code not in self._known:
            return
        for version in self._catalog.history(procedure.code):
            if version.origin is self._source.origin:
                yield from suspicions(version.procedure, procedure)
                return

    def _set_aside(self, item: Item, path: str, reason: str, *, held: bool = False) -> None:
        code = str(item.record["code"]) if item.record and item.record.get("code") else None
        self.summary.set_aside.append(SetAside(item.place, code, path, reason, held))


def _write_report(data_dir: Path, name: str, entries: list[SetAside]) -> Path | None:
    """One JSON object a line; no file when nothing was set aside."""
    path = data_dir / "set-aside" / f"{name}.jsonl"
    if not entries:
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(entry), ensure_ascii=False) for entry in entries)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
