"""Word files: text in the order of the document, without pages of their own."""

from __future__ import annotations

from ingest.reading.page import Page, RefusalReason
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings


def page_of_docx(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """The whole document as one page."""
    raise Refused(RefusalReason.NO_READER)


def page_of_doc(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """The whole document as one page."""
    raise Refused(RefusalReason.NO_READER)
