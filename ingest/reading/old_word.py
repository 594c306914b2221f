"""Word files from before 2007, through antiword, and LibreOffice for what it cannot open."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from ingest.reading.legacy import modern
from ingest.reading.ooxml import Parts, lines_of_docx
from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")


def lines_of_doc(content: bytes, limits: ReadingSettings) -> list[str]:
    """The text line by line; raises Refused for what is locked, broken or no Word file."""
    if _LOCKED in content:
        raise Refused(RefusalReason.ENCRYPTED)
    if _WORD not in content:
        raise Refused(RefusalReason.WRONG_TYPE, named="doc", found="ole")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "paper.doc"
        path.write_bytes(content)
        return _by_antiword(path) or _by_libreoffice(path, limits)


def _by_antiword(path: Path) -> list[str]:
    """The text, or nothing when antiword cannot open the file."""
    done = _run(["antiword", "-x", "db", str(path)])
    if b"ncrypted" in done.stderr:
        raise Refused(RefusalReason.ENCRYPTED)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    tree = etree.fromstring(done.stdout, parser) if done.stdout.strip() else None
    return [] if tree is None else modern("\n".join(_lines(tree))).split("\n")


def _lines(tree: etree._Element) -> list[str]:
    """One line a paragraph outside tables, and one a row inside."""
    lines = []
    for node in tree.iter("para", "title", "row"):
        if node.tag == "row" or next(node.iterancestors("row"), None) is None:
            lines.append(" ".join(" ".join(node.itertext()).split()))
    return [line for line in lines if line]


def _by_libreoffice(path: Path, limits: ReadingSettings) -> list[str]:
    profile = (path.parent / "profile").as_uri()
    quietly = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    _run([*quietly, "--convert-to", "docx", "--outdir", str(path.parent), str(path)])
    made = path.with_suffix(".docx")
    if not made.is_file():
        raise Refused(RefusalReason.DAMAGED)
    return lines_of_docx(Parts(made.read_bytes(), limits))


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise Refused(RefusalReason.NO_READER, program=command[0]) from error
