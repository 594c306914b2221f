"""A snapshot of the national portal: one JSON object a line, plain or gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path

from ingest.errors import UnreadableSource
from ingest.parsing.portal import procedure_of, record_hash
from ingest.sources.model import Item, Source
from knowledge.catalog import Origin

_NAMES = ("procedures.jsonl.gz", "procedures.jsonl")
_GZIP = b"\x1f\x8b"
_OTHER_UNICODE = (b"\xff\xfe", b"\xfe\xff")


def read_snapshot(path: Path | None) -> Iterator[Item]:
    """Lines of the file at `path`, or of procedures.jsonl[.gz] in the directory `path`.

    The whole file is checked first: a cut archive is refused before anything is stored, since
    half a snapshot looks like the removal of everything behind the cut.
    """
    file = _file_of(path)
    _check(file)
    return _items(file)


def _file_of(path: Path | None) -> Path:
    if path is None:
        raise UnreadableSource("Cho biết tệp: motcua ingest snapshot ĐƯỜNG_DẪN")
    candidates = [path / name for name in _NAMES] if path.is_dir() else [path]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise UnreadableSource(f"Không có tệp {' hay '.join(map(str, candidates))}.")


def _open(file: Path) -> GzipFile | BufferedReader:
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    return gzip.open(file, "rb") if packed else file.open("rb")


def _check(file: Path) -> None:
    try:
        with _open(file) as stream:
            start = stream.read(4)
            while stream.read(1 << 20):
                pass
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableSource(
            f"{file.name} bị cắt hoặc hỏng giữa chừng ({error}). Hãy tải lại tệp; "
            "chưa có gì được nhập."
        ) from error
    except OSError as error:
        raise UnreadableSource(f"Không đọc được {file.name}: {error.strerror or error}.") from error
    if not start.strip():
        raise UnreadableSource(f"{file.name} là tệp rỗng.")
    if start[:2] in _OTHER_UNICODE:
        raise UnreadableSource(f"{file.name} không phải UTF-8. Hãy lưu lại bằng mã UTF-8.")


def _items(file: Path) -> Iterator[Item]:
    with _open(file) as stream:
        for number, line in enumerate(stream, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield _item(f"dòng {number}", text)


def _item(place: str, line: bytes) -> Item:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Item(place, problem=f"không phải UTF-8 (byte thứ {error.start + 1})")
    except (ValueError, RecursionError) as error:  # a number may have too many digits to read
        return Item(place, problem=f"không phải JSON hợp lệ ({error})")
    if not isinstance(record, dict):
        return Item(place, problem="mỗi dòng phải là một đối tượng JSON")
    return Item(place, record)


SNAPSHOT = Source("snapshot", Origin.PORTAL, read_snapshot, procedure_of, record_hash)
