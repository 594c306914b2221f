"""Every way in which a file or page is not read has a sentence, and every setting a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dossier.settings import DossierSettings
from assistant.dossier.unread import unread_of
from ingest.reading.page import Flaw, Page, PageSource, Reading, Refusal, RefusalReason
from knowledge.settings import InvalidSettings, read_settings

README = Path(__file__).parents[3] / "README.md"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_names_the_file_and_says_what_to_do(
    reason: RefusalReason, language: str
) -> None:
    detail = {"limit": "7", "program": "antiword"}
    reading = Reading(refusals=(Refusal("giay.pdf", reason, detail),))

    (told,) = unread_of(reading, language)  # type: ignore[arg-type]

    assert "giay.pdf" in told.sentence
    assert told.sentence.count(".") >= 2
    assert (told.reason, told.page) == (reason.value, None)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_names_the_page_and_says_what_to_do(flaw: Flaw, language: str) -> None:
    page = Page("a.jpg", 3, PageSource.OCR, flaws=(flaw,))

    (told,) = unread_of(Reading((page,)), language)  # type: ignore[arg-type]

    assert "a.jpg" in told.sentence
    assert "3" in told.sentence
    assert (told.reason, told.page) == (flaw.value, 3)


def test_a_number_that_was_not_given_is_left_out() -> None:
    (told,) = unread_of(Reading(refusals=(Refusal("a", RefusalReason.TOO_LARGE),)), "vi")

    assert "… MB" in told.sentence


def test_a_file_read_in_part_says_from_which_page_on() -> None:
    refusal = Refusal("a.pdf", RefusalReason.TOO_MANY_PAGES, {"limit": "60"}, page=61)

    (told,) = unread_of(Reading(refusals=(refusal,)), "vi")

    assert "từ trang 61 trở đi" in told.sentence


def test_the_readme_names_every_setting_of_dossiers() -> None:
    text = README.read_text(encoding="utf-8")

    assert [f for f in DossierSettings.model_fields if f"MOTCUA_{f.upper()}" not in text] == []


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "motcua.example")
    monkeypatch.setenv("MOTCUA_DOSSIER_RETENTION_HOURS", "0")

    with pytest.raises(InvalidSettings, match="MOTCUA_DOSSIER_RETENTION_HOURS") as error:
        read_settings(DossierSettings)
    assert "MOTCUA_PUBLIC_URL" in str(error.value)
