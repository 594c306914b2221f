"""Text of Office Open XML documents, read from their XML: the exports of the old portal have
tables that no Word library opens, and are named .doc."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from ingest.reading.archive import BROKEN, judge
from ingest.reading.legacy import from_tcvn3, from_vni, modern
from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {  # deleted text, codes of fields, and second versions of drawings
    f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tc": " "}
_TINY = 8  # half points
PICTURE = "\ufffc"  # stands in the text where a small picture does: a signature, a seal
_LOW = 2_200_000  # English metric units: about 6 cm, the height of a pasted signature at most
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/"
_HEADERS = re.compile(r"^word/header\d*\.xml$")


class Parts:
    """The parts of a document, as safe to unpack as an archive must be."""

    def __init__(self, content: bytes, limits: ReadingSettings) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            judge(self._archive, len(content), limits)
        except BROKEN as error:
            raise Refused(RefusalReason.DAMAGED) from error

    def names(self, start: str) -> list[str]:
        """Names of parts that begin so, in order."""
        return sorted(name for name in self._archive.namelist() if name.startswith(start))

    def read(self, name: str) -> bytes:
        """One part; raises Refused when it is broken or locked."""
        try:
            return self._archive.read(name)
        except RuntimeError as error:
            raise Refused(RefusalReason.ENCRYPTED) from error
        except (*BROKEN, KeyError, zlib.error) as error:
            raise Refused(RefusalReason.DAMAGED) from error


def lines_of_docx(parts: Parts) -> list[str]:
    """Headers, then the body: one line a paragraph or row of a table."""
    headers = [name for name in parts.names("word/header") if _HEADERS.match(name)]
    lines: list[str] = []
    for name in [*headers, "word/document.xml"]:
        lines += _lines(_tree(parts.read(name)))
    return lines


def _tree(xml: bytes) -> etree._Element:
    """The tree without anything from outside; refuses documents that declare entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(RefusalReason.DAMAGED) from error
    if tree.getroottree().docinfo.doctype:
        raise Refused(RefusalReason.DAMAGED)
    return tree


def _lines(tree: etree._Element) -> Iterator[str]:
    whole = modern("\n".join("".join(_texts(block)) for block in _blocks(tree)))
    return (line for line in whole.split("\n") if line.strip())


def _blocks(node: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs, and rows of tables, whose cells stand beside each other."""
    for child in node:
        if child.tag in (f"{_W}p", f"{_W}tr"):
            yield child
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _texts(node: etree._Element) -> Iterator[str]:
    for child in node:
        if child.tag in _SKIPPED or (child.tag == f"{_W}r" and _is_hidden(child)):
            continue
        if child.tag == f"{_W}t":
            yield _unicode(child.text or "", _font(node))
            continue
        if child.tag == f"{_W}p" and _follows_another(child):
            yield "\n"
        yield _BREAKS.get(child.tag, "")
        if child.tag == f"{_W}drawing" and _is_small_picture(child):
            yield f" {PICTURE} "
        yield from _texts(child)


def _is_small_picture(drawing: etree._Element) -> bool:
    """Whether a drawing is a picture no higher than what people sign with."""
    extent = drawing.find(f".//{_DRAWN}wordprocessingDrawing}}extent")
    height = "" if extent is None else extent.get("cy") or ""
    shown = drawing.find(f".//{_DRAWN}main}}blip") is not None
    return shown and height.isdigit() and int(height) < _LOW


def _follows_another(paragraph: etree._Element) -> bool:
    """Whether a cell has a paragraph before this one: cells like that lay out a page."""
    before = paragraph.getprevious()
    return before is not None and before.tag == paragraph.tag


def _is_hidden(run: etree._Element) -> bool:
    """Text that nobody sees on paper: hidden, white or tiny."""
    style = run.find(f"{_W}rPr")
    if style is None:
        return False
    colour, size = style.find(f"{_W}color"), style.find(f"{_W}sz")
    white = colour is not None and (colour.get(f"{_W}val") or "").upper() == "FFFFFF"
    tiny = size is not None and (size.get(f"{_W}val") or "99").isdigit()
    tiny = tiny and size is not None and int(size.get(f"{_W}val") or 99) < _TINY
    return style.find(f"{_W}vanish") is not None or white or tiny


def _font(run: etree._Element) -> str:
    fonts = run.find(f"{_W}rPr/{_W}rFonts")
    return "" if fonts is None else str(fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or "")


def _unicode(text: str, font: str) -> str:
    """Text of a run in a font from before Unicode; capitals come from the font."""
    if font.casefold().startswith(".vn"):
        return from_tcvn3(text, capitals=font.rstrip().endswith("H"))
    return from_vni(text) if font.casefold().startswith("vni-") else text
