"""What a page says to machines: codes in squares, and the zones of cards and passports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp

from ingest.reading.mrz import looks_like_zone, zones_in
from ingest.reading.ocr import words_of
from ingest.reading.page import Box, Fact, FactKind, Word
from ingest.reading.pictures import Colour

_MOST_CODES = 8
_MOST_TEXT = 500
_FORMATS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
    )
)
_ZONE = "--psm 6 -c tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
_ZONE_WIDTHS = (2400, 1700, 3200)  # pixels of the page at which a zone is tried
_SEXES = {"nam": "male", "nữ": "female", "nu": "female"}


def codes_on(colour: Colour, words: Sequence[Word]) -> list[Fact]:
    """Codes and machine-readable zones of an upright page."""
    return [*_squares(colour), *_zones(colour, words)]


def _squares(colour: Colour) -> Iterator[Fact]:
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    for code in zxingcpp.read_barcodes(grey, formats=_FORMATS)[:_MOST_CODES]:
        box = _place(code.position, grey.shape)
        identity = identity_of(code.text)
        kind = FactKind.IDENTITY_QR if identity else FactKind.OTHER_CODE
        yield Fact(kind, identity or {"text": code.text[:_MOST_TEXT]}, box)


def _place(position: zxingcpp.Position, shape: Sequence[int]) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    x, y = [c.x / shape[1] for c in corners], [c.y / shape[0] for c in corners]
    return Box(min(x), min(y), max(x), max(y))


def identity_of(text: str) -> dict[str, str]:
    """The fields of a Vietnamese identity card's code, dates as YYYY-MM-DD; empty for others.

    The code holds number, old number, name, birth, sex, address and issue, parted by bars.
    """
    parts = [part.strip() for part in text.split("|")]
    if len(parts) < 7 or not re.fullmatch(r"\d{12}", parts[0]):
        return {}
    number, old_number, name, born, sex, address, issued = parts[:7]
    return {
        "number": number,
        "old_number": old_number,
        "name": name,
        "born": _date(born),
        "sex": _SEXES.get(sex.casefold(), sex),
        "address": address,
        "issued": _date(issued),
    }


def _date(digits: str) -> str:
    match = re.fullmatch(r"(\d{2})(\d{2})(\d{4})", digits)
    return f"{match[3]}-{match[2]}-{match[1]}" if match else ""


def _zones(colour: Colour, words: Sequence[Word]) -> list[Fact]:
    """Zones, read once more with their own alphabet, where lines look like one; in several
    sizes until the check digits hold."""
    strip = _zone_strip(words)
    if strip is None:
        return []
    height, found = colour.shape[0], list[Fact]()
    part = cv2.cvtColor(
        colour[int(strip.top * height) : int(strip.bottom * height) + 1], cv2.COLOR_RGB2GRAY
    )
    for width in _ZONE_WIDTHS:
        values = list(zones_in(_zone_lines(part, width / part.shape[1])))
        facts = [Fact(FactKind.MRZ, value, strip, _sureness(value)) for value in values]
        if facts and all(fact.confidence == 1.0 for fact in facts):
            return facts
        found = found or facts
    return found


def _sureness(value: dict[str, str]) -> float:
    return 1.0 if value["checks"] == "ok" else 0.5


def _zone_lines(part: cv2.typing.MatLike, share: float) -> list[str]:
    even = cv2.normalize(part, np.empty_like(part), 0, 255, cv2.NORM_MINMAX)
    large = np.asarray(cv2.resize(even, None, fx=share, fy=share), np.uint8)
    lines: dict[int, str] = {}
    for seen in words_of(large, "eng", _ZONE):
        lines[seen.line] = lines.get(seen.line, "") + seen.text
    return list(lines.values())


def _zone_strip(words: Sequence[Word]) -> Box | None:
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    likely = [
        word
        for line in lines.values()
        if looks_like_zone("".join(word.text for word in line))
        for word in line
    ]
    if not likely:
        return None
    tall = max(word.box.bottom - word.box.top for word in likely)
    top = max(0.0, min(word.box.top for word in likely) - 2.5 * tall)
    bottom = min(1.0, max(word.box.bottom for word in likely) + 2.5 * tall)
    return Box(min(w.box.left for w in likely), top, max(w.box.right for w in likely), bottom)
