"""Ingest: idempotent, resumable, and careful with what looks like damage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UnreadableSource
from ingest.pipeline import Summary, ingest
from ingest.sources import source_named
from knowledge.catalog import Catalog, Change
from tests.fakes import code, method, record, row


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'a.db'}")
    yield catalog
    catalog.close()


def written(place: Path, *lines: dict[str, Any] | str | bytes) -> Path:
    path = place / "procedures.jsonl"
    texts = [
        line
        if isinstance(line, bytes)
        else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(texts))
    return path


def run(catalog: Catalog, path: Path, **options: Any) -> Summary:
    return ingest(source_named("snapshot"), path, catalog, path.parent, **options)


def test_records_are_added_once(catalog: Catalog, tmp_path: Path) -> None:
    path = written(tmp_path, record(1), record(2))

    first, second = run(catalog, path), run(catalog, path)

    assert first.counts == {Change.ADDED: 2}
    assert second.counts == {Change.UNCHANGED: 2}
    assert second.stored == 2
    assert first.set_aside == second.set_aside == []
    assert first.report is None


def test_a_changed_record_is_a_new_version(catalog: Catalog, tmp_path: Path) -> None:
    run(catalog, written(tmp_path, record(1), record(2)))

    summary = run(catalog, written(tmp_path, record(1, decision="8/QĐ-BTD"), record(2)))

    assert summary.counts == {Change.CHANGED: 1, Change.UNCHANGED: 1}
    assert [v.number for v in catalog.history(code(1))] == [2, 1]


def test_a_stopped_run_goes_on_where_it_was(catalog: Catalog, tmp_path: Path) -> None:
    path = written(tmp_path, *(record(n) for n in range(450)))

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(catalog, path, progress=stop)
    stopped_at = catalog.count()
    summary = run(catalog, path)

    assert stopped_at == 200
    assert summary.counts == {Change.UNCHANGED: 200, Change.ADDED: 250}
    assert catalog.count() == 450


def test_bad_records_are_set_aside_and_the_rest_is_stored(catalog: Catalog, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        record(1),
        "{not json",
        b'{"name": "\xff"}',
        record(2, name=None),
        {**record(3), "code": code(1)},
        record(4),
    )

    summary = run(catalog, path)

    told = [(entry.place, entry.code, entry.field) for entry in summary.set_aside]
    assert told == [
        ("dòng 2", None, "(bản ghi)"),
        ("dòng 3", None, "(bản ghi)"),
        ("dòng 4", code(2), "name"),
        ("dòng 5", code(1), "code"),
    ]
    assert "dòng 1" in summary.set_aside[3].reason
    assert catalog.count() == 2
    assert len(catalog.history(code(1))) == 1


def test_the_report_holds_each_entry_and_goes_when_all_is_well(
    catalog: Catalog, tmp_path: Path
) -> None:
    report = run(catalog, written(tmp_path, record(1), record(2, name=None))).report

    assert report is not None
    (entry,) = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    assert entry == {
        "place": "dòng 2",
        "code": code(2),
        "field": "name",
        "reason": entry["reason"],
        "held": False,
    }
    assert "chữ" in entry["reason"] or "thiếu" in entry["reason"]
    assert run(catalog, written(tmp_path, record(1), record(2))).report is None
    assert not report.exists()


@pytest.mark.parametrize("crawled", ["2026-13", 5, None])
def test_a_broken_record_never_stops_the_run(
    catalog: Catalog, tmp_path: Path, crawled: object
) -> None:
    summary = run(catalog, written(tmp_path, record(1, crawled=crawled), record(2)))

    assert summary.counts == {Change.ADDED: 1}
    assert [entry.place for entry in summary.set_aside] == ["dòng 1"]


@pytest.mark.parametrize("lines", [["{"], [record(1, name=None)], ["[]", "7"]])
def test_a_source_without_a_usable_record_is_refused(
    catalog: Catalog, tmp_path: Path, lines: list[Any]
) -> None:
    with pytest.raises(UnreadableSource, match="dòng 1"):
        run(catalog, written(tmp_path, *lines))

    assert catalog.count() == 0


def test_a_cut_archive_leaves_the_catalogue_untouched(catalog: Catalog, tmp_path: Path) -> None:
    import gzip

    run(catalog, written(tmp_path, record(1)))
    before = catalog.fingerprint()
    path = tmp_path / "cut.jsonl.gz"
    packed = gzip.compress("\n".join(json.dumps(record(n)) for n in range(9)).encode())
    path.write_bytes(packed[:-15])

    with pytest.raises(UnreadableSource):
        run(catalog, path)

    assert catalog.fingerprint() == before


SUSPICIOUS: list[tuple[dict[str, Any], str]] = [
    ({"methods": [method(fee="100000 VNĐ")]}, "channels"),
    ({"methods": [method(fee="1000 VNĐ")]}, "channels"),
    ({"documents": []}, "cases"),
    ({"documents": [row("Tờ khai thả diều", 0, 0)]}, "cases"),
    ({"methods": []}, "channels"),
    ({"steps": None}, "steps"),
    ({"source_url": "https://la.example/1", "decision": "8/QĐ-BTD"}, "source.url"),
    ({"name": "Xóa sổ tàu biển quốc tế"}, "name"),
]


@pytest.mark.parametrize(("values", "field"), SUSPICIOUS)
def test_a_suspicious_change_is_held_and_the_old_version_serves(
    catalog: Catalog, tmp_path: Path, values: dict[str, Any], field: str
) -> None:
    run(catalog, written(tmp_path, record(1), record(2)))

    summary = run(catalog, written(tmp_path, record(1, **values), record(2)))

    assert [(e.code, e.field, e.held) for e in summary.set_aside] == [(code(1), field, True)]
    assert len(catalog.history(code(1))) == 1
    assert summary.counts == {Change.UNCHANGED: 1}


@pytest.mark.parametrize(("values", "field"), SUSPICIOUS)
def test_a_person_may_accept_a_suspicious_change(
    catalog: Catalog, tmp_path: Path, values: dict[str, Any], field: str
) -> None:
    run(catalog, written(tmp_path, record(1)))

    summary = run(catalog, written(tmp_path, record(1, **values)), accept_suspicious=True)

    assert summary.counts == {Change.CHANGED: 1}, field
    assert summary.set_aside == []


@pytest.mark.parametrize(
    "values",
    [
        {"methods": [method(fee="12000 VNĐ")]},
        {"documents": [row("Tờ khai thả diều"), row("Ảnh")]},
        {"name": "Cấp thẻ thả diều số 1 ở bãi sông"},
        {"source_url": "https://congdichvu.example/moi/1", "decision": "8/QĐ-BTD"},
    ],
)
def test_an_ordinary_change_is_stored(
    catalog: Catalog, tmp_path: Path, values: dict[str, Any]
) -> None:
    run(catalog, written(tmp_path, record(1)))

    summary = run(catalog, written(tmp_path, record(1, **values)))

    assert summary.counts == {Change.CHANGED: 1}


def test_the_starter_corpus_is_stored_whole_and_once(catalog: Catalog, tmp_path: Path) -> None:
    starter = source_named("starter")

    first = ingest(starter, None, catalog, tmp_path)
    second = ingest(starter, None, catalog, tmp_path)

    assert first.set_aside == []
    assert first.counts[Change.ADDED] == catalog.count()
    assert second.counts == {Change.UNCHANGED: catalog.count()}
