"""What hands and cameras do to names and numbers, and what is told apart for all that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.dossier.models import Outcome, Report
from assistant.dossier.sheets import sheets_of
from assistant.dossier.titles import codes_of
from ingest.reading.page import Page
from knowledge.catalog import Version
from tests.assistant.dossier.papers import PERSON, SIGNED, page
from tests.assistant.dossier.test_every_check import birth, blocking, blurred, form, only

Starter = Callable[[str], Version]
NAME, BORN, NUMBER = PERSON


def signed_by(name: str, *lines: str) -> Page:
    """A form with a name alone on a line under the signature."""
    return page("TỜ KHAI ĐĂNG KÝ KHAI SINH", (*lines, *SIGNED, name), file="to-khai.jpg")


def rules(report: Report) -> set[str]:
    """The rules that block."""
    return {finding.rule for finding in blocking(report)}


@pytest.mark.parametrize(
    "label",
    ["Họ, chữ đệm, tên người yêu cầu;", "Họ, chữ đệm, tên.", "Họ. chữ đệm và tên;", "Chủ hộ;"],
)
def test_a_colon_read_as_another_point_ends_a_label(starter: Starter, label: str) -> None:
    report = birth(starter, form(f"{label} TRẦN VĂN HÙNG", BORN, NUMBER))

    assert "TRẦN VĂN HÙNG" in only(report, "papers_agree").sentence


def test_points_between_the_words_of_a_name_are_dots_to_write_on(starter: Starter) -> None:
    dotted = form("Họ, chữ đệm, tên người yêu cầu: Trần. Văn. Hùng. —", BORN, NUMBER)

    assert "Trần Văn Hùng" in only(birth(starter, dotted), "papers_agree").sentence


def test_a_name_ends_where_another_label_begins(starter: Starter) -> None:
    joined = form("Bên mua: Trần Văn Hùng Nghề nghiệp: lái xe", BORN, NUMBER)

    assert "Trần Văn Hùng tr" in only(birth(starter, joined), "papers_agree").sentence


@pytest.mark.parametrize(
    ("read", "outcome"),
    [("279085001234", Outcome.COMPLETE), ("79085001234", Outcome.NEEDS_OFFICER)],
)
def test_the_naught_of_a_number_may_be_misread_and_no_other_digit(
    starter: Starter, read: str, outcome: Outcome
) -> None:
    same = form(NAME, BORN, f"Số định danh cá nhân: {read}")
    other = form(NAME, BORN, f"Số định danh cá nhân: {read[:-6]}698677")

    assert birth(starter, same).outcome is outcome
    assert "papers_agree" in rules(birth(starter, other))


def test_a_form_of_one_person_signed_under_another_name(starter: Starter) -> None:
    lines = ("Họ, chữ đệm, tên người yêu cầu: lrz#", NUMBER)
    child = "Số định danh cá nhân của con: 079210002222"

    alone = birth(starter, signed_by("Trần Văn Hùng", *lines))
    of_two = birth(starter, signed_by("Trần Văn Hùng", *lines, child))

    assert "Trần Văn Hùng" in only(alone, "papers_agree").sentence
    assert "papers_agree" not in rules(of_two)


def test_somebody_of_the_holders_birthday_and_number_under_another_name(starter: Starter) -> None:
    unread = ("Họ, chữ đệm, tên người yêu cầu: Jrau Vau Huu uu", NUMBER)
    again = ("Họ, chữ đệm, tên người cha: TRẦN VĂN HÙNG", BORN)

    report = birth(starter, blurred(form(*unread, *again), "Jrau Vau Huu uu", 0.1))

    assert "TRẦN VĂN HÙNG" in only(report, "papers_agree").sentence


def test_a_name_read_badly_with_a_number_that_is_plainly_another(starter: Starter) -> None:
    lines = ("Họ, chữ đệm, tên người yêu cầu: TRAAN VUN BÌNH", "Số định danh: 019085698677")

    report = birth(starter, blurred(form(*lines, BORN), "TRAAN VUN", 0.4))

    assert "019*****8677" in only(report, "papers_agree").sentence


@pytest.mark.parametrize(
    ("printed", "codes"),
    [("AMiẫu CT02", ["CT02"]), ("Miẫu ĐKX11/79", ["DKX11/79"]), ("Biển CT02", []), ("Xe AB12", [])],
)
def test_a_code_after_a_slurred_word_at_the_top(printed: str, codes: list[str]) -> None:
    (sheet,) = sheets_of(page("TỜ KHAI", (), above=(printed,)))

    assert [code.code for code in codes_of(sheet)] == codes
