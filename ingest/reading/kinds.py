"""What a file is, told from its content; the name only sharpens the sentence of a refusal."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum

import puremagic


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

    A header that only comes later, as in a polyglot, does not count: other programs would take
    the file for what it begins with.
    """
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Kind.HEIC
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content)
    return None


def _kind_of_zip(content: bytes) -> Kind:
    """A Word document is told from an archive by the part that every such document has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Kind.ZIP
    return Kind.DOCX if {"word/document.xml", "[Content_Types].xml"} <= names else Kind.ZIP


def likely_kind(content: bytes) -> str:
    """What an unreadable file seems to be ("exe", "mp4"…), for its refusal; "" when unknown."""
    try:
        return puremagic.from_string(content[:65536]).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""
