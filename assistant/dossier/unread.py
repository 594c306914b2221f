"""Why a file or page was not read, in words: what happened, to which one, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.dossier.models import Unread
from assistant.messages import messages_for
from assistant.models import Language
from ingest.reading.page import Page, Reading, Refusal


class _Details(dict[str, str]):
    """A number that a reader did not give is left out rather than failing the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


def unread_of(reading: Reading, language: Language) -> tuple[Unread, ...]:
    """Every refusal and every page with a flaw, in the order of the reading."""
    return tuple(_all(reading, language))


def _all(reading: Reading, language: Language) -> Iterator[Unread]:
    for refusal in reading.refusals:
        yield refused(refusal, language)
    for page in reading.pages:
        if page.flaws:
            yield flawed(page, language)


def refused(refusal: Refusal, language: Language) -> Unread:
    """A file that was refused, in whole or from a page on."""
    key = f"dossier.unread.{refusal.reason}"
    sentence = _said(key, language, file=refusal.file, **refusal.detail)
    if refusal.page is not None:
        sentence += " " + _said("dossier.unread.from_page", language, page=refusal.page)
    return Unread(
        file=refusal.file, page=refusal.page, reason=refusal.reason.value, sentence=sentence
    )


def flawed(page: Page, language: Language) -> Unread:
    """A page that cannot be read; the first flaw is the one to mend."""
    flaw = page.flaws[0]
    sentence = _said(f"dossier.unread.{flaw}", language, file=page.file, page=page.number)
    return Unread(file=page.file, page=page.number, reason=flaw.value, sentence=sentence)


def _said(key: str, language: Language, **values: object) -> str:
    details: Mapping[str, str] = _Details({name: str(value) for name, value in values.items()})
    return messages_for(language).sentences[key].format_map(details)
