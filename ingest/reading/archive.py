"""ZIP files are judged by their directory before a byte of them is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import IO

from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

_ENTRY = b"PK\x01\x02"
_MB = 1_000_000
# What computers add to archives without being asked.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError,
           NotImplementedError)  # fmt: skip


def unpacked(content: bytes, limits: ReadingSettings) -> Iterator[tuple[str, bytes]]:
    """The files of an archive with the names they have in it; raises Refused for the whole of
    it when any entry is unsafe."""
    try:
        yield from _unpacked(content, limits)
    except RuntimeError as error:  # zipfile's way to say that a password is needed
        raise Refused(RefusalReason.ENCRYPTED) from error
    except BROKEN as error:
        raise Refused(RefusalReason.DAMAGED) from error


def _unpacked(content: bytes, limits: ReadingSettings) -> Iterator[tuple[str, bytes]]:
    _refuse_many(content, limits)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in judge(archive, len(content), limits):
            if not _is_litter(entry.filename):
                with archive.open(entry) as stored:
                    yield entry.filename, _at_most(stored, entry.file_size)


def _refuse_many(content: bytes, limits: ReadingSettings) -> None:
    """Counts entries without building a directory of them: ten thousand names cost memory."""
    found = content.count(_ENTRY)
    if found > limits.archive_entries:
        raise _unsafe("entries", limits.archive_entries, found)


def judge(
    archive: zipfile.ZipFile, size: int, limits: ReadingSettings
) -> Sequence[zipfile.ZipInfo]:
    """The entries that are files, if all of them are safe to unpack; raises Refused."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not entries:
        raise Refused(RefusalReason.EMPTY)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(RefusalReason.ENCRYPTED)
    if any(_leads_out(entry) for entry in entries):
        raise Refused(RefusalReason.ARCHIVE_UNSAFE, why="name")
    if len({entry.header_offset for entry in entries}) < len(entries):
        raise Refused(RefusalReason.ARCHIVE_UNSAFE, why="overlap")
    total = sum(entry.file_size for entry in entries)
    if total > limits.archive_mb * _MB:
        raise _unsafe("size", f"{limits.archive_mb:g}", round(total / _MB))
    if total > 1 * _MB and total > limits.archive_ratio * size:
        raise _unsafe("ratio", f"{limits.archive_ratio:g}", round(total / size))
    return entries


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """Names that leave the directory, name a drive, or stand for a link."""
    name = entry.orig_filename.replace("\\", "/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    drive = len(name) > 1 and name[1] == ":"
    parts = PurePosixPath(name).parts
    return is_link or drive or name.startswith("/") or ".." in parts or "\x00" in name


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER[0]) or name.rsplit("/", 1)[-1] in _LITTER


def _at_most(stored: IO[bytes], size: int) -> bytes:
    """An entry may not unpack to more than its directory entry said."""
    content = stored.read(size + 1)
    if len(content) > size:
        raise Refused(RefusalReason.ARCHIVE_UNSAFE, why="size")
    return content


def _unsafe(why: str, limit: object, found: object) -> Refused:
    return Refused(RefusalReason.ARCHIVE_UNSAFE, why=why, limit=limit, found=found)
