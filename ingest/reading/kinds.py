"""What a file is, told from its content; the name only sharpens the sentence of a refusal."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath

import puremagic

from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused

_ENDINGS = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".tif", ".tiff", ".pdf", ".docx", ".doc",
     ".zip")
)  # fmt: skip


class Kind(StrEnum):
    """The kinds that can be read."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    TIFF = "image/tiff"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    DOC = "application/msword"
    ZIP = "application/zip"


_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
    (b"%PDF-", Kind.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.DOC),
)


def kind_of(content: bytes) -> Kind | None:
    """The kind of a file that begins as its format demands, or None.

    A header that only comes later does not count, and a file that is an archive as well has no
    kind: other programs would take it for something else than we do.
    """
    kind = _kind_by_start(content)
    if kind not in (None, Kind.ZIP, Kind.DOCX) and _ends_as_archive(content):
        return None
    return kind


def _kind_by_start(content: bytes) -> Kind | None:
    head = content[:64].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Kind.HEIC
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content)
    return None


def _ends_as_archive(content: bytes) -> bool:
    """Whether a directory of a ZIP file ends exactly where the file ends."""
    tail = content[-65_557:]
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + 22 > len(tail):
        return False
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return place + 22 + comment == len(tail)


def _kind_of_zip(content: bytes) -> Kind:
    """A Word document is told from an archive by the part that every such document has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Kind.ZIP
    return Kind.DOCX if {"word/document.xml", "[Content_Types].xml"} <= names else Kind.ZIP


def refuse_stranger(name: str, content: bytes) -> Refused:
    """The refusal of a file that no reader knows: said more sharply when its name promises
    a kind that its content is not."""
    found = _likely(content)
    ending = PurePosixPath(name.replace("\\", "/")).suffix.casefold()
    if ending in _ENDINGS:
        return Refused(RefusalReason.WRONG_TYPE, named=ending.lstrip("."), found=found)
    return Refused(RefusalReason.UNKNOWN_TYPE, found=found or ending.lstrip("."))


def _likely(content: bytes) -> str:
    """What an unreadable file seems to be ("exe", "mp4"…); "" when unknown."""
    if content.startswith(b"MZ"):
        return "exe"
    try:
        return puremagic.from_string(content[:65536]).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""
