"""What reading gives: pages with their words and where they stand, facts, and refusals.

Everything is plain data that crosses from the child process that parses to the one that decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in: the name people gave it, and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Box:
    """Where something stands on an upright page, in shares of its width and height: 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Box) -> bool:
        """Whether the middle of another box lies in this one."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left < x < self.right and self.top < y < self.bottom


@dataclass(frozen=True)
class Word:
    """One word; `confidence` from 0 to 1, `line` counts the lines of the page from 0."""

    text: str
    box: Box
    confidence: float
    line: int


class PageSource(StrEnum):
    """Where the words of a page come from."""

    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    DOCUMENT = "document"  # Word files, which have no pages of their own until they are printed


class Flaw(StrEnum):
    """Why a page cannot be read; each has its advice in assistant/messages."""

    DARK = "dark"
    GLARE = "glare"
    BLURRED = "blurred"
    CUT = "cut"
    SMALL = "small"
    BLANK = "blank"
    UNCLEAR = "unclear"  # below the confidence gate for no reason that we can name


class FactKind(StrEnum):
    """What a page shows beside its words."""

    IDENTITY_QR = "identity_qr"  # value: number, old_number, name, born, sex, address, issued
    OTHER_CODE = "other_code"  # value: text
    MRZ = "mrz"  # value: kind, number, name, born, sex, expires, nationality, checks ("ok"/"wrong")
    PDF_SIGNATURE = "pdf_signature"  # value: signer, signed_at, intact ("yes"/"no"), covers
    STAMP = "stamp"  # a round or square seal, usually red; value: colour
    INK = "ink"  # strokes of a pen; value: colour, looks ("signature", "writing")


@dataclass(frozen=True)
class Fact:
    """A thing seen on a page, reported as it is: a signature found is not called valid."""

    kind: FactKind
    value: dict[str, str] = field(default_factory=dict)
    box: Box | None = None
    confidence: float = 1.0


@dataclass(frozen=True)
class Page:
    """One upright page. `file` is the name as handed in; inside an archive `ho-so.zip/giay.jpg`.

    `confidence` is the mean of the words' (1 for a text layer). `flaws` not empty means that the
    page is unreadable. `picture` is a JPEG of the upright page, for showing evidence.
    """

    file: str
    number: int
    source: PageSource
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    flaws: tuple[Flaw, ...] = ()
    facts: tuple[Fact, ...] = ()
    width: int = 0
    height: int = 0
    turned: int = 0  # degrees the page was turned to stand upright
    picture: bytes | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The words line by line."""
        lines: dict[int, list[str]] = {}
        for word in self.words:
            lines.setdefault(word.line, []).append(word.text)
        return "\n".join(" ".join(line) for line in lines.values())


class RefusalReason(StrEnum):
    """Why a file, or a part of it, was not read; each has a sentence in assistant/messages."""

    TOO_MANY_FILES = "too_many_files"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    EMPTY = "empty"
    UNKNOWN_TYPE = "unknown_type"
    WRONG_TYPE = "wrong_type"  # the content is not what the name says, and dangerous or unreadable
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    ARCHIVE_UNSAFE = "archive_unsafe"  # bombs, names that lead out, archives inside archives
    TOOK_TOO_LONG = "took_too_long"
    TOOK_TOO_MUCH = "took_too_much"  # memory or file size
    READER_FAILED = "reader_failed"
    NO_READER = "no_reader"  # a program that is needed is not installed


@dataclass(frozen=True)
class Refusal:
    """A file that was not read, in whole or in part; `detail` has numbers for the sentence (limit,
    found) or names (program), never text of the document.

    With `page`, TOO_MANY_PAGES holds from that page on, every other reason for that page alone.
    """

    file: str
    reason: RefusalReason
    detail: dict[str, str] = field(default_factory=dict)
    page: int | None = None


@dataclass(frozen=True)
class Reading:
    """All that was read of a dossier's files, in the order in which they were handed in."""

    pages: tuple[Page, ...] = ()
    refusals: tuple[Refusal, ...] = ()
