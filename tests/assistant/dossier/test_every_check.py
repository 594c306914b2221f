"""'Complete' is earned: what was not compared, seen or read is told, and an officer looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.dossier.check import check
from assistant.dossier.models import Finding, Outcome, Report
from ingest.reading.page import Flaw, Page, Reading, Refusal, RefusalReason, Word
from knowledge.catalog import Version
from tests.assistant.dossier.papers import (
    BODY,
    PERSON,
    SIGNED,
    card,
    dark,
    page,
    reading,
    request,
)

NO = {"cases[0].requirements[5]": "no", "cases[0].requirements[7]": "no"}
NAMED_TWO = (
    *PERSON,
    "Họ, chữ đệm, tên: LÊ THỊ HOA",
    "Số định danh cá nhân: 001190002222",
)
Starter = Callable[[str], Version]


def birth(starter: Starter, form: Page, holder: Page | None = None) -> Report:
    """A dossier for a birth with this form and card."""
    pages = (form, page("GIẤY CHỨNG SINH", file="sinh.jpg"), holder or card())
    return check(
        starter("1.001193"), reading(*pages), request("1.001193", case="chung", answers=NO)
    )


def form(*lines: str) -> Page:
    return page("TỜ KHAI ĐĂNG KÝ KHAI SINH", (*lines, *SIGNED), file="to-khai.jpg")


def blocking(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.blocks]


def only(report: Report, rule: str) -> Finding:
    assert [finding.rule for finding in blocking(report)] == [rule]
    return blocking(report)[0]


def blurred(sheet: Page, words: str, sure: float = 0.3) -> Page:
    """The page with these words hardly read."""
    read = tuple(
        Word(w.text, w.box, sure if w.text in words.split() else w.confidence, w.line)
        for w in sheet.words
    )
    return replace(sheet, words=read)


def test_a_sound_dossier_is_complete(starter: Starter) -> None:
    assert birth(starter, form(*PERSON)).outcome is Outcome.COMPLETE


def test_a_form_without_the_holders_number_is_not_complete(starter: Starter) -> None:
    report = birth(starter, form(*PERSON[:2]))

    finding = only(report, "every_check_was_made")
    assert report.outcome is Outcome.NEEDS_OFFICER
    assert "Chưa so được số định danh" in finding.sentence
    assert {place.file for place in finding.evidence} == {"can-cuoc.jpg", "to-khai.jpg"}


def test_a_number_with_a_digit_lost_is_not_complete(starter: Starter) -> None:
    report = birth(starter, form(*PERSON[:2], "Số định danh cá nhân: 07908500123"))

    assert report.outcome is Outcome.NEEDS_OFFICER
    assert {f.rule for f in blocking(report)} == {"every_check_was_made"}


def test_a_number_that_was_garbled_is_not_complete(starter: Starter) -> None:
    report = birth(
        starter, form(*PERSON, "Họ và tên chủ hộ: LÊ THỊ HOA", "Số CCCD của chủ hộ: 0;z0sz9/g5")
    )

    assert "số định danh" in only(report, "every_check_was_made").sentence
    assert (
        birth(starter, form(*PERSON, "Họ và tên chủ hộ: LÊ THỊ HOA", "Số hộ chiếu: …………")).outcome
        is Outcome.COMPLETE
    )


def test_a_name_hardly_read_beside_the_holders_number_is_not_complete(starter: Starter) -> None:
    other = form("Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN HÙNG", *PERSON[1:])

    clear, doubtful = birth(starter, other), birth(starter, blurred(other, "HÙNG", 0.1))

    assert "TRẦN VĂN HÙNG" in only(clear, "papers_agree").sentence
    assert "Chưa so được họ tên" in only(doubtful, "every_check_was_made").sentence


def test_one_syllable_or_one_digit_clearly_read_is_a_contradiction(starter: Starter) -> None:
    name = form("Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN BÍCH", *PERSON[1:])
    number = form(*PERSON[:2], "Số định danh cá nhân: 079085001235")

    assert "TRẦN VĂN BÍCH" in only(birth(starter, name), "papers_agree").sentence
    assert "079*****1235" in only(birth(starter, number), "papers_agree").sentence


def test_any_label_will_do_before_a_name_and_a_number(starter: Starter) -> None:
    same = form("Chủ hộ: TRẦN VĂN BÌNH", "ĐDCN: 079085001234")
    other = form("Chủ hộ: LÊ VĂN TÁM", "ĐDCN: 079085001234")

    assert birth(starter, same).outcome is Outcome.COMPLETE
    assert "LÊ VĂN TÁM" in only(birth(starter, other), "papers_agree").sentence


def test_a_longer_name_is_another_name(starter: Starter) -> None:
    longer = form("Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN BÌNH AN", *PERSON[1:])

    assert birth(starter, longer).outcome is Outcome.NEEDS_OFFICER


def test_no_place_to_sign_is_not_a_signature(starter: Starter) -> None:
    unsigned = page("TỜ KHAI ĐĂNG KÝ KHAI SINH", (*PERSON, *BODY), file="to-khai.jpg")

    report = birth(starter, unsigned)

    assert "Chưa thấy chỗ ký" in only(report, "every_check_was_made").sentence


def test_a_card_without_a_last_day_is_not_known_to_be_good(starter: Starter) -> None:
    undated = birth(starter, form(*PERSON), card(expires="…"))
    for_life = birth(starter, form(*PERSON), card(expires="Không thời hạn"))

    assert "hạn sử dụng" in only(undated, "every_check_was_made").sentence
    assert for_life.outcome is Outcome.COMPLETE


def test_a_form_whose_code_is_not_legible_is_not_complete(starter: Starter) -> None:
    sheet = page("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", (*PERSON, *SIGNED), file="a.jpg")

    report = check(starter("1.004194"), reading(sheet), request("1.004194", case="chung"))

    assert "ký hiệu mẫu" in only(report, "every_check_was_made").sentence


def test_two_people_one_number_each_are_not_mixed_up(starter: Starter) -> None:
    both = form(
        *PERSON,
        "Đề nghị đăng ký cho người có tên dưới đây:",
        "Họ, chữ đệm, tên: LÊ THỊ HOA",
        "Số định danh cá nhân: 001190002222",
    )

    assert birth(starter, both).outcome is Outcome.COMPLETE


def test_strokes_and_letters_that_recognition_adds_change_nothing(starter: Starter) -> None:
    framed = form(
        "| Họ, chữ đệm, tên người yêu cầu: TRẦN E VĂN BÌNH _ -",
        "' Ngày, tháng, năm sinh: 02/03/1985",
        "|2.SốCCCD: O79O85OO1234 _",
    )

    assert birth(starter, framed).outcome is Outcome.COMPLETE


def test_a_column_of_a_table_is_no_persons_field(starter: Starter) -> None:
    members = ("TT Họ và tên Số CCCD", "1 LÊ THỊ HOA 001190002222")

    assert birth(starter, form(*PERSON, *members)).outcome is Outcome.COMPLETE


def test_a_second_card_is_looked_at_as_the_first(starter: Starter) -> None:
    """One requirement asks for identity papers; husband and wife each bring theirs."""

    def with_second(**changes: str) -> Report:
        second = {"name": "LÊ THỊ HOA", "number": "001190002222"} | changes
        pages = (form(*NAMED_TWO), page("GIẤY CHỨNG SINH", file="sinh.jpg"), card())
        asked = request("1.001193", case="chung", answers=NO)
        both = reading(*pages, card(**second, file="the-hai.jpg"))
        return check(starter("1.001193"), both, asked)

    assert with_second().outcome is Outcome.COMPLETE
    assert "LÊ THỊ HẠNH" in only(with_second(name="LÊ THỊ HẠNH"), "papers_agree").sentence
    assert only(with_second(number="001190007654"), "papers_agree")
    assert only(with_second(expires="30/06/2026"), "paper_is_not_expired")
    assert only(with_second(number="001"), "identity_numbers_can_be_read")


def test_two_peoples_cards_on_one_sheet_are_both_looked_at(starter: Starter) -> None:
    """Husband and wife lay their cards side by side on the copier."""

    def with_couple(second: str, number: str) -> Report:
        both = (
            *("Số / No.: 079085001234", "Họ và tên / Full name:", "TRẦN VĂN BÌNH"),
            *("Ngày sinh / Date of birth: 02/03/1985", "Có giá trị đến: 01/01/2040"),
            *(f"Số / No.: {number}", "Họ và tên / Full name:", second),
            *("Ngày sinh / Date of birth: 05/06/1990", "Có giá trị đến: 01/01/2040"),
            "Đặc điểm nhân dạng / Personal identification",
        )
        sheet = page("CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card", both, file="hai-the.jpg")
        return birth(starter, form(*NAMED_TWO), sheet)

    sound = with_couple("LÊ THỊ HOA", "001190002222")
    assert "papers_agree" not in [finding.rule for finding in blocking(sound)]
    assert with_couple("LÊ THỊ HẠNH", "001190002222").outcome is not Outcome.COMPLETE
    assert with_couple("LÊ THỊ HOA", "001190007654").outcome is not Outcome.COMPLETE


def test_a_page_or_file_that_was_not_read_is_not_passed_over(starter: Starter) -> None:
    pages = (form(*PERSON), page("GIẤY CHỨNG SINH", file="sinh.jpg"), card())
    asked = request("1.001193", case="chung", answers=NO)
    version = starter("1.001193")

    unread = check(version, reading(*pages, dark()), asked)
    empty = check(version, reading(*pages, replace(dark(), flaws=(Flaw.BLANK,))), asked)
    refused = check(version, Reading(pages, (Refusal("a.pdf", RefusalReason.DAMAGED),)), asked)

    assert "mo.jpg" in only(unread, "every_check_was_made").sentence
    assert empty.outcome is Outcome.COMPLETE
    assert refused.outcome is Outcome.NEEDS_OFFICER


def test_a_number_of_the_holders_birth_with_a_name_nobody_can_read(starter: Starter) -> None:
    lines = ("Họ, chữ đệm, tên người yêu cầu: TRzfN V2N B7NH", "Số định danh: 079085777777")

    report = birth(starter, blurred(form(*lines), "TRzfN V2N B7NH"))

    assert "079*****7777" in only(report, "papers_agree").sentence


@pytest.mark.parametrize("given", ["Hiền", "Nam", "Sinh", "HIỀN", "NAM"])
def test_a_name_that_sounds_like_a_label_is_read_whole(starter: Starter, given: str) -> None:
    named = f"Họ, chữ đệm, tên người yêu cầu: Trần Văn {given}"

    report = birth(starter, form(named, *PERSON[1:]))

    finding = only(report, "papers_agree")
    assert f"Trần Văn {given}".lower() in finding.sentence.lower()


def test_a_surname_that_sounds_like_a_word_is_read(starter: Starter) -> None:
    report = birth(starter, form("Họ, chữ đệm, tên người yêu cầu: La Văn Bình", *PERSON[1:]))

    assert "La Văn Bình" in only(report, "papers_agree").sentence


@pytest.mark.parametrize(
    "rest", ["Năm sinh: 1985", "sinh ngày 02/03/1985", "Hiện cư trú tại xã Phú Mỹ", "Số CCCD: …"]
)
def test_a_label_after_a_name_is_no_part_of_it(starter: Starter, rest: str) -> None:
    named = f"Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN BÌNH {rest}"

    assert birth(starter, form(named, *PERSON[1:])).outcome is Outcome.COMPLETE


@pytest.mark.parametrize("more", ["Sơn", "Võ", "Quốc"])
def test_a_longer_name_is_another_whatever_its_last_word_sounds_like(
    starter: Starter, more: str
) -> None:
    longer = ("Tôi tên là", f"TRẦN VĂN BÌNH {more}", PERSON[2])

    assert birth(starter, form(*longer)).outcome is not Outcome.COMPLETE


def test_a_number_joined_to_its_label_is_compared(starter: Starter) -> None:
    joined = "Giấy tờ tùy thân: CCCD số079085004321, Bộ Công an cấp ngày 18/01/2025"

    assert birth(starter, form(*PERSON[:2], joined.replace("4321", "1234"))).outcome is (
        Outcome.COMPLETE
    )
    only(birth(starter, form(*PERSON[:2], joined)), "papers_agree")


def test_a_name_joined_to_its_label_is_no_other_name(starter: Starter) -> None:
    assert birth(starter, form("Họ và tên chồng:TRẦN VĂN BÌNH", *PERSON[1:])).outcome is (
        Outcome.COMPLETE
    )


def test_the_holders_birthday_and_most_of_the_name_are_the_holder_under_another(
    starter: Starter,
) -> None:
    other = form("Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN ĐỨC", PERSON[1])

    assert "TRẦN VĂN ĐỨC" in only(birth(starter, other), "papers_agree").sentence


def test_a_name_hardly_read_is_told_from_another_reading_of_it(starter: Starter) -> None:
    lines = ("Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN CÂU", *PERSON[1:])
    twice = (*lines, "Họ, chữ đệm, tên người cha: TRẦN VĂN CHÂU")

    once = birth(starter, blurred(form(*lines), "CÂU"))
    again = birth(starter, blurred(form(*twice), "CÂU"))

    assert only(once, "every_check_was_made").evidence
    assert "TRẦN VĂN CHÂU" in only(again, "papers_agree").sentence


def test_a_birthday_that_agrees_elsewhere_is_no_contradiction(starter: Starter) -> None:
    lost = ("H, chữ đện, têu người chồng LE VAN TU", "Ngày sinh: 07/09/1990")
    again = ("Họ, chữ đệm, tên người vợ: TRẦN VĂN BÌNH", PERSON[1])

    report = birth(starter, form(PERSON[0], PERSON[2], *lost, *again))

    assert "papers_agree" not in {finding.rule for finding in blocking(report)}


def test_a_card_whose_number_lost_a_digit_is_held_against_a_number_that_is_plainly_another(
    starter: Starter,
) -> None:
    lost = card(number="07908500123")
    other = form(*PERSON[:2], "Số định danh cá nhân: 079085698670")

    same, differs = birth(starter, form(*PERSON), lost), birth(starter, other, lost)

    assert {f.rule for f in blocking(same)} == {"every_check_was_made"}
    assert "079*****8670" in only(differs, "papers_agree").sentence


def test_a_number_that_is_the_holders_but_for_a_slip_ties_the_name_beside_it(
    starter: Starter,
) -> None:
    lines = ("Tôi tên: TRẦN VĂN HÙNG", "CCC0: 079085001284")

    report = birth(starter, form(*lines))

    assert "TRẦN VĂN HÙNG" in only(report, "papers_agree").sentence


def test_a_letter_off_beside_the_number_is_no_contradiction_where_the_name_stands_in_full(
    starter: Starter,
) -> None:
    def asked_by(name: str, *more: str) -> Report:
        return birth(
            starter, form(f"Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN {name}", *PERSON[1:], *more)
        )

    full = "Họ, chữ đệm, tên người cha: TRẦN VĂN BÌNH"
    assert only(asked_by("VINH"), "papers_agree")
    assert only(asked_by("HÙNG", full), "papers_agree")
    assert "Chưa so được họ tên" in only(asked_by("VINH", full), "every_check_was_made").sentence


def test_a_card_without_its_labels_still_tells_its_holder(starter: Starter) -> None:
    def bare(*lines: str) -> Report:
        shown = ("SO NO", *lines, "Có giá trị đến: 01/01/2040", "Đặc điểm nhân dạng")
        sheet = page("CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card", shown, file="can-cuoc.jpg")
        return birth(starter, form(*PERSON), sheet)

    assert bare("079085001234", "TRẦN VĂN BÌNH").outcome is Outcome.COMPLETE
    assert only(bare("079085001234", "TRẦN VĂN HÙNG"), "papers_agree")
    assert only(bare("079085698670", "TRẦN VĂN BÌNH"), "papers_agree")


def test_the_official_who_signed_a_card_is_no_second_holder(starter: Starter) -> None:
    signed = page(
        "CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card",
        (
            *("Số / No.: 079085001234", "Họ và tên / Full name:", "TRẦN VĂN BÌNH"),
            *("Có giá trị đến: 01/01/2040", "Đặc điểm nhân dạng", *BODY, "Nguyễn Quốc Toản"),
        ),
        file="can-cuoc.jpg",
    )

    assert birth(starter, form(*PERSON), signed).outcome is Outcome.COMPLETE


def test_another_holders_name_beside_a_number_is_nobodys_second_name(starter: Starter) -> None:
    """Names in columns of a table, of which one was hardly read."""
    table = page(
        "GIẤY CHỨNG SINH",
        ("Họ và tên mẹ: LÊ THỊ HOA", "Họ ten cha: TRẦN VAN 8lwN", "079085001234 001190002222"),
        file="sinh.jpg",
    )
    pages = (form(*NAMED_TWO), table, card())
    second = card(name="LÊ THỊ HOA", number="001190002222", file="the-hai.jpg")

    report = check(
        starter("1.001193"),
        reading(*pages, second),
        request("1.001193", case="chung", answers=NO),
    )

    assert "papers_agree" not in {finding.rule for finding in blocking(report)}
