"""`motcua doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.corpus import coverage
from ingest.faithful import compare
from ingest.sources import SOURCES
from ingest.sources.snapshot import read_snapshot
from knowledge.catalog import Catalog
from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import KnowledgeError
from knowledge.index import IndexStore
from knowledge.phrasebook import problems_of, read_phrasebook
from knowledge.procedure import Procedure, parse_procedure
from knowledge.reader import IndexReader
from knowledge.reading import reading_score
from knowledge.settings import KnowledgeSettings

_LEAST_FREE = 500  # MB; an index of the whole portal takes a tenth of it
_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}
_SHOWN = 40


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    state: Literal["ok", "warning", "error"]
    detail: str
    todo: str = ""


def examine(settings: KnowledgeSettings) -> list[Finding]:
    """Look at disk, model, catalogue and index; one finding each, none raises."""
    findings = [_disk(settings.data_dir)]
    embedder, finding = _model(settings)
    findings += [finding, _catalogue(settings)]
    if embedder is not None:
        findings.append(_index(settings, embedder))
    return findings


def _disk(directory: Path) -> Finding:
    existing = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free // 2**20
    if free < _LEAST_FREE:
        return Finding("đĩa", "error", f"{directory}: còn {free} MB", "Dọn bớt đĩa.")
    return Finding("đĩa", "ok", f"{directory}: còn {free} MB")


def _model(settings: KnowledgeSettings) -> tuple[Embedder | None, Finding]:
    try:
        embedder = load_embedder(settings.model_path)
    except KnowledgeError as error:
        return None, Finding("mô hình", "error", str(error), "Chạy `motcua train`.")
    detail = f"{embedder.name}, {embedder.dimension} chiều, {embedder.fingerprint}"
    return embedder, Finding("mô hình", "ok", detail)


def _catalogue(settings: KnowledgeSettings) -> Finding:
    try:
        catalog = Catalog.open(settings.sql_url)
    except KnowledgeError as error:
        return Finding("danh mục", "error", str(error), "Xem lại MOTCUA_DATABASE_URL.")
    try:
        count = catalog.count()
        to_review = [version.code for version in catalog.current() if version.review]
    finally:
        catalog.close()
    if not count:
        return Finding("danh mục", "error", "trống", "Chạy `motcua ingest starter`.")
    if to_review:
        detail = f"{count} thủ tục, {len(to_review)} bản cần xem lại: {', '.join(to_review[:5])}"
        return Finding("danh mục", "warning", detail, "So bản biên tập với bản mới ở cổng.")
    return Finding("danh mục", "ok", f"{count} thủ tục")


def _index(settings: KnowledgeSettings, embedder: Embedder) -> Finding:
    reader = IndexReader(IndexStore(settings.index_dir, settings.chroma_url), embedder)
    try:
        health = reader.health()
    finally:
        reader.close()
    if health.generation is None:
        return Finding("chỉ mục", "error", str(health.problem), "Chạy `motcua ingest --rebuild`.")
    if health.problem:
        return Finding("chỉ mục", "warning", health.problem, "Chạy `motcua ingest --rebuild`.")
    return Finding("chỉ mục", "ok", health.generation)


def show_checkup(console: Console, findings: list[Finding]) -> int:
    """Print the findings; 1 when something does not work, else 0."""
    table = Table("phần", "tình trạng", "chi tiết", "cần làm", box=None)
    for finding in findings:
        state = Text(finding.state, style=_STYLES[finding.state])
        table.add_row(finding.name, state, Text(finding.detail), Text(finding.todo))
    console.print(table)
    return int(any(finding.state == "error" for finding in findings))


def show_corpus(console: Console, against: Path | None) -> int:
    """Coverage of the starter corpus by field; with a snapshot, every disagreement."""
    procedures = _starter()
    table = Table("mục", "có", "trên", box=None)
    for field, count in coverage(procedures).items():
        table.add_row(field, str(count), str(len(procedures)))
    console.print(table)
    if against is None:
        return 0
    records = {
        str(item.record["code"]): item.record for item in read_snapshot(against) if item.record
    }
    wrong = 0
    for procedure in procedures:
        record = records.get(procedure.code)
        found = compare(procedure, record) if record else []
        wrong += bool(found) or record is None
        for finding in found:
            text = f"{procedure.code} {finding.field}: {finding.problem}"
            console.print(text, style="yellow", markup=False)
        if record is None:
            console.print(f"{procedure.code}: không có trong bản chụp", style="yellow")
    console.print(f"{len(procedures) - wrong} / {len(procedures)} thủ tục khớp với bản chụp")
    return int(wrong > 0)


def show_reading(console: Console) -> None:
    """How easy each starter procedure is to read, the hardest first."""
    table = Table("điểm", "từ mỗi câu", "câu dài", "từ khó/100", "mã", "tên", box=None)
    scored = [(reading_score(procedure), procedure) for procedure in _starter()]
    for score, procedure in sorted(scored, key=lambda pair: pair[0].score):
        table.add_row(
            f"{score.score:.0f}",
            f"{score.words_per_sentence:.1f}",
            f"{score.long_sentences:.0%}",
            f"{score.rare_per_hundred:.2f}",
            procedure.code,
            Text(procedure.name[:70]),
        )
    console.print(table)


def _starter() -> list[Procedure]:
    items = SOURCES["starter"].read(None)
    return [parse_procedure(item.record, item.place) for item in items if item.record is not None]


def show_phrasebook(console: Console, settings: KnowledgeSettings, against: Path | None) -> int:
    """Counts and problems of the phrasebook against the names of the catalogue or a snapshot."""
    phrasebook = read_phrasebook()
    names = dict(_names(settings, against))
    problems = list(problems_of(phrasebook, names))
    lines = sum(map(len, phrasebook.questions.values()))
    missing = sorted(names.keys() - phrasebook.questions.keys())
    console.print(
        f"{lines} câu cho {len(phrasebook.questions)} mã, {len(phrasebook.synonyms)} nhóm đồng "
        f"nghĩa; {len(missing)} mã chưa có câu nào."
    )
    for kind, count in Counter(problem.problem for problem in problems).most_common(_SHOWN):
        console.print(f"  {count}: {kind}", style="yellow", markup=False)
    for problem in problems[:_SHOWN]:
        text = f"  {problem.code}: {problem.line}: {problem.problem}"
        console.print(text, style="yellow", markup=False)
    return int(bool(problems))


def _names(settings: KnowledgeSettings, against: Path | None) -> Iterator[tuple[str, str]]:
    if against is not None:
        for item in read_snapshot(against):
            if item.record:
                yield str(item.record["code"]), str(item.record["name"])
        return
    catalog = Catalog.open(settings.sql_url)
    try:
        for version in catalog.current():
            yield version.code, version.procedure.name
    finally:
        catalog.close()
