"""Files that mean harm, made small: the inputs of trials 15 to 17."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

JPEG_START = b"\xff\xd8\xff\xe0\x00\x10JFIF"


def zipped(files: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stored.getvalue()


def small_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, "white").save(stored, kind)
    return stored.getvalue()


def locked_zip() -> bytes:
    """A stored entry whose flags say that it is encrypted."""
    content = bytearray(zipped({"giay.png": small_picture()}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying_zip() -> bytes:
    """An entry that unpacks to 300 MB while the directory says ten bytes."""
    content = bytearray(zipped({"giay.png": bytes(300_000_000)}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)
    content[22:26] = struct.pack("<I", 10)
    return bytes(content)


def overlapping_zip() -> bytes:
    """Two entries of the directory that share one packed body."""
    content = bytearray(zipped({"a.png": bytes(500_000), "b.png": bytes(500_000)}))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def png_of(width: int, height: int) -> bytes:
    """A valid start of a PNG that claims a size, with a body of zeros for part of it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def tiff_of(frames: int) -> bytes:
    """A TIFF of that many pages of one pixel."""
    entries = ((256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1), (279, 1))
    body = bytearray(b"II*\x00" + struct.pack("<I", 10) + b"\xff\x00")
    for number in range(frames):
        start = len(body)
        directory = struct.pack("<H", len(entries))
        for tag, value in entries:
            directory += struct.pack("<HHII", tag, 4, 1, value)
        following = start + 2 + 12 * len(entries) + 4 if number + 1 < frames else 0
        body += directory + struct.pack("<I", following)
    return bytes(body)


def pdf_of(pages: int, content: bytes = b"", extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """A PDF of that many pages that all show the same content."""
    kids = b" ".join(b"4 0 R" for _ in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b">>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Length %d %s >>\nstream\n" % (len(content), extra) + content + b"\nendstream",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + item + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + end % (len(objects) + 1, len(body))


def bomb_pdf() -> bytes:
    """A page whose instructions unpack to half a gigabyte."""
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(b" " * 50_000_000) for _ in range(10)) + packer.flush()
    return pdf_of(1, packed, b"/Filter /FlateDecode")


def endless_pdf() -> bytes:
    """Pages whose parent lists itself."""
    return pdf_of(1).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")


def mixed(one: bytes, other: bytes) -> bytes:
    """Two files in one: the first from its start, the archive from its end."""
    return one + other


def docx(xml: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml})
