"""What a child does: opens one file, or reads one page of it. Runs only inside the sandbox."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from ingest.reading import pdf, pictures, wire
from ingest.reading.archive import unpacked
from ingest.reading.kinds import Kind, kind_of, refuse_stranger
from ingest.reading.page import Page, RefusalReason
from ingest.reading.photo import page_of_picture
from ingest.reading.refusing import Refused
from ingest.reading.word import count_docx, page_of_doc, page_of_docx
from ingest.settings import ReadingSettings

_MOST = 2_000_000_000


@dataclass(frozen=True)
class Reader:
    """How one kind is read: `count` its pages cheaply, `read` one of them, counted from 1."""

    count: Callable[[bytes, ReadingSettings], int]
    read: Callable[[bytes, int, ReadingSettings], Page]


def _one(content: bytes, limits: ReadingSettings) -> int:
    return 1


def _frames(content: bytes, limits: ReadingSettings) -> int:
    return pictures.frames(content, limits.megapixels)


def _frame(content: bytes, number: int, limits: ReadingSettings) -> Page:
    return page_of_picture(pictures.frame(content, number, limits.megapixels), limits)


_PICTURE = Reader(_frames, _frame)
READERS: dict[str, Reader] = {
    Kind.JPEG: _PICTURE,
    Kind.PNG: _PICTURE,
    Kind.WEBP: _PICTURE,
    Kind.HEIC: _PICTURE,
    Kind.TIFF: _PICTURE,
    Kind.PDF: Reader(pdf.count, pdf.page_of),
    Kind.DOCX: Reader(count_docx, page_of_docx),
    Kind.DOC: Reader(_one, page_of_doc),
}


def work(channel: socket.socket) -> None:
    """Does the one step that the parent asks for, and answers with its result or a refusal."""
    asked = wire.receive(channel, _MOST)
    if asked is None:
        return
    message, (content,) = asked
    # The environment is empty here: limits are those of the parent, never read again.
    limits = ReadingSettings.model_construct(**message["limits"])
    try:
        if message["do"] == "open":
            _open(channel, message, content, limits)
        else:
            _read(channel, message, content, limits)
    except Refused as refused:
        wire.send(channel, {"refused": refused.reason.value, "detail": refused.detail})


def _open(
    channel: socket.socket, message: wire.Message, content: bytes, limits: ReadingSettings
) -> None:
    kind = kind_of(content)
    if kind is None:
        raise refuse_stranger(message["name"], content)
    if kind is Kind.ZIP:
        _open_archive(channel, message, content, limits)
        return
    wire.send(channel, {"kind": kind.value, "pages": READERS[kind].count(content, limits)})


def _open_archive(
    channel: socket.socket, message: wire.Message, content: bytes, limits: ReadingSettings
) -> None:
    if message["inside"]:
        raise Refused(RefusalReason.ARCHIVE_UNSAFE, why="nested")
    for name, member in unpacked(content, limits):
        wire.send(channel, {"member": name}, member)
    wire.send(channel, {"kind": Kind.ZIP.value, "pages": 0})


def _read(
    channel: socket.socket, message: wire.Message, content: bytes, limits: ReadingSettings
) -> None:
    page = READERS[message["kind"]].read(content, int(message["number"]), limits)
    fields, picture = wire.page_out(page)
    wire.send(channel, {"page": fields}, picture)
