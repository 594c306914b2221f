"""What crosses between the processes: lengths, JSON and bytes, never pickles.

The child that parses is not trusted, so the parent only takes plain values from it, up to a size.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ingest.reading.page import Box, Fact, FactKind, Flaw, Page, PageSource, Word

Message = dict[str, Any]
_LENGTH = struct.Struct(">IQ")
_MOST_HEADER = 32_000_000


class Overflow(Exception):
    """The other side sent more than it may, or something that is no message."""


def send(channel: socket.socket, message: Message, *blobs: bytes) -> None:
    """Sends one message with its blobs."""
    header = json.dumps({"message": message, "blobs": [len(blob) for blob in blobs]}).encode()
    channel.sendall(_LENGTH.pack(len(header), sum(map(len, blobs))) + header)
    for blob in blobs:
        channel.sendall(blob)


def receive(channel: socket.socket, most: int) -> tuple[Message, list[bytes]] | None:
    """The next message, or None at the end; raises Overflow above `most` bytes of blobs."""
    start = _exactly(channel, _LENGTH.size)
    if start is None:
        return None
    header_size, size = _LENGTH.unpack(start)
    if header_size > _MOST_HEADER or size > most:
        raise Overflow
    header, body = _exactly(channel, header_size), _exactly(channel, size)
    if header is None or body is None:
        return None
    return _parted(header, body)


def _parted(header: bytes, body: bytes) -> tuple[Message, list[bytes]]:
    try:
        fields = json.loads(header)
        sizes = [int(size) for size in fields["blobs"]]
        if min(sizes, default=0) < 0 or sum(sizes) != len(body):
            raise Overflow
        return dict(fields["message"]), _cut(body, sizes)
    except (ValueError, KeyError, TypeError) as error:
        raise Overflow from error


def _cut(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    blobs, place = [], 0
    for size in sizes:
        blobs.append(body[place : place + size])
        place += size
    return blobs


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    parts, left = [], size
    while left:
        part = channel.recv(min(left, 1 << 20))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def page_out(page: Page) -> tuple[Message, bytes]:
    """A page as plain values, and its picture."""
    picture = page.picture or b""
    return asdict(replace(page, picture=None)), picture


def page_in(fields: Message, picture: bytes) -> Page:
    """The page again; raises Overflow for anything that is not one."""
    try:
        return Page(
            file=str(fields["file"]),
            number=int(fields["number"]),
            source=PageSource(fields["source"]),
            words=tuple(map(_word, fields["words"])),
            confidence=float(fields["confidence"]),
            flaws=tuple(map(Flaw, fields["flaws"])),
            facts=tuple(map(_fact, fields["facts"])),
            width=int(fields["width"]),
            height=int(fields["height"]),
            turned=int(fields["turned"]),
            picture=picture or None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Overflow from error


def _word(fields: Message) -> Word:
    return Word(str(fields["text"]), _box(fields["box"]), float(fields["confidence"]),
                int(fields["line"]))  # fmt: skip


def _box(fields: Message) -> Box:
    return Box(*(float(fields[side]) for side in ("left", "top", "right", "bottom")))


def _fact(fields: Message) -> Fact:
    value = {str(key): str(text) for key, text in fields["value"].items()}
    box = _box(fields["box"]) if fields["box"] else None
    return Fact(FactKind(fields["kind"]), value, box, float(fields["confidence"]))
