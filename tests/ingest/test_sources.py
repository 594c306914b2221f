"""Sources: bad input gets a clear sentence, and one bad line never stops the others."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import UnknownSource, UnreadableSource
from ingest.sources import SOURCES, source_named
from ingest.sources.model import Item
from ingest.sources.snapshot import read_snapshot
from ingest.sources.starter import read_yaml_directory
from tests.fakes import record

GOOD = json.dumps(record(1), ensure_ascii=False).encode()


def items(place: Path, content: bytes, name: str = "procedures.jsonl") -> list[Item]:
    (place / name).write_bytes(content)
    return list(read_snapshot(place / name))


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_is_known_by_its_name(name: str) -> None:
    assert source_named(name).name == name


def test_an_unknown_source_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownSource, match="starter, snapshot"):
        source_named("cổng")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_lines_are_read_plain_and_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    found = items(tmp_path, pack(b"\xef\xbb\xbf" + GOOD + b"\n\n" + GOOD))

    assert [item.place for item in found] == ["dòng 1", "dòng 3"]
    assert found[0].record == record(1)


@pytest.mark.parametrize("name", ["procedures.jsonl.gz", "procedures.jsonl"])
def test_a_directory_is_searched_for_its_snapshot(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(GOOD)

    assert len(list(read_snapshot(tmp_path))) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "rỗng"),
        (b" \n", "rỗng"),
        (b"\n" * 50, "rỗng"),
        (gzip.compress(b"", mtime=0), "rỗng"),
        (gzip.compress(GOOD * 50, mtime=0)[:-20], "cắt hoặc hỏng"),
        (b"\x1f\x8bnot gzip at all", "cắt hoặc hỏng"),
        (GOOD.decode().encode("utf-16"), "UTF-8"),
        (gzip.compress(GOOD.decode().encode("utf-16"), mtime=0), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(UnreadableSource, match=told):
        items(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"khong-co\.jsonl"):
        read_snapshot(tmp_path / "khong-co.jsonl")


def test_a_directory_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"procedures\.jsonl\.gz"):
        read_snapshot(tmp_path)


def test_without_a_path_the_command_is_told() -> None:
    with pytest.raises(UnreadableSource, match="motcua ingest snapshot"):
        read_snapshot(None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"code": ', "JSON"),
        (b"[1, 2]", "đối tượng"),
        (b'{"name": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b'{"code": ' + b"9" * 5000 + b"}", "JSON"),
    ],
)
def test_a_bad_line_is_told_and_the_next_is_read(tmp_path: Path, line: bytes, told: str) -> None:
    bad, good = items(tmp_path, line + b"\n" + GOOD)

    assert bad.record is None
    assert told in (bad.problem or "")
    assert good.record == record(1)


def test_yaml_files_are_read_in_order_and_bad_ones_told(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(b"code: [")
    (tmp_path / "a.yaml").write_text("code: x", encoding="utf-8")
    (tmp_path / "c.yaml").write_bytes(b"- a")
    (tmp_path / "d.yaml").write_bytes(b"code: \xff")

    found = list(read_yaml_directory(tmp_path))

    assert [item.place for item in found] == ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]
    assert found[0].record == {"code": "x"}
    assert all(item.problem for item in found[1:])


@pytest.mark.parametrize("name", ["", "khong-co"])
def test_a_directory_without_yaml_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableSource, match=r"\.yaml"):
        read_yaml_directory(tmp_path / name)


def test_the_starter_corpus_is_whole() -> None:
    found = list(read_yaml_directory(None))

    assert len(found) >= 60
    assert all(item.record for item in found)
    assert all(item.place == f"{item.record['code']}.yaml" for item in found if item.record)
