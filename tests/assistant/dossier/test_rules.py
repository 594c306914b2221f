"""Each rule sees its defect, says what it saw and where, and is silent on a sound dossier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assistant.dossier.agreement import Agreement, names_agree
from assistant.dossier.check import check
from assistant.dossier.models import Finding, Outcome, Override, Report, Verdict
from assistant.dossier.people import is_identity_number, masked
from assistant.dossier.rules import RULES, Dossier, Found, Registry
from assistant.messages import LANGUAGES, messages_for
from ingest.reading.page import Box, Page, Word
from knowledge.catalog import Version
from tests.assistant.dossier.conftest import version_of
from tests.assistant.dossier.papers import (
    BODY,
    PERSON,
    SIGNED,
    SIGNING,
    card,
    dark,
    ink,
    page,
    reading,
    request,
)

FORM = ("Kính gửi: Ủy ban nhân dân xã Phú Mỹ", *PERSON)
NO = {"cases[0].requirements[5]": "no", "cases[0].requirements[7]": "no"}


def form(*body: str, **more: object) -> Page:
    return page("TỜ KHAI ĐĂNG KÝ KHAI SINH", body or (*FORM, *SIGNED), file="to-khai.jpg", **more)


def birth(
    starter: Callable[[str], Version], *changed: Page, without: str = "", **more: object
) -> Report:
    """A sound dossier for a birth, with pages in place of those of the same file."""
    pages = {p.file: p for p in (form(), page("GIẤY CHỨNG SINH", file="sinh.jpg"), card())}
    pages |= {p.file: p for p in changed}
    pages.pop(without, None)
    asked = request("1.001193", case="chung", answers=NO, **more)
    return check(starter("1.001193"), reading(*pages.values()), asked)


def blocking(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.blocks]


def only(report: Report, rule: str) -> Finding:
    assert [finding.rule for finding in blocking(report)] == [rule]
    return blocking(report)[0]


def test_a_sound_dossier_has_nothing_that_blocks(starter: Callable[[str], Version]) -> None:
    report = birth(starter)

    assert report.outcome is Outcome.COMPLETE
    assert blocking(report) == []


def test_an_unsigned_form_is_named_with_the_place(starter: Callable[[str], Version]) -> None:
    report = birth(starter, form(*FORM, *BODY, *BODY, *BODY, *SIGNING))

    finding = only(report, "form_is_signed")
    assert report.outcome is Outcome.INCOMPLETE
    assert finding.evidence[0].file == "to-khai.jpg"
    assert finding.evidence[0].box is not None


def test_ink_or_words_by_the_line_are_a_signature(starter: Callable[[str], Version]) -> None:
    body = (*FORM, *BODY, *BODY, *BODY, *SIGNING)

    by_hand = birth(starter, form(*body, facts=(ink(top=0.45),)))
    in_words = birth(starter, form(*body, "(đã ký)", "Trần Văn Bình"))

    assert blocking(by_hand) == blocking(in_words) == []


def test_what_recognition_makes_of_a_hand_is_looked_at_by_an_officer(
    starter: Callable[[str], Version],
) -> None:
    unsigned = form(*FORM, *BODY, *BODY, *BODY, *SIGNING)
    last = unsigned.words[-1]
    scrawl = Word("NV", Box(0.12, last.box.bottom + 0.02, 0.2, last.box.bottom + 0.04), 0.1, 99)

    report = birth(starter, replace(unsigned, words=(*unsigned.words, scrawl)))

    assert report.outcome is Outcome.NEEDS_OFFICER
    assert only(report, "every_check_was_made")


def test_a_card_whose_number_is_covered_is_named(starter: Callable[[str], Version]) -> None:
    report = birth(starter, card(number="079"))

    assert only(report, "identity_numbers_can_be_read").evidence[0].file == "can-cuoc.jpg"


def test_an_expired_card_is_named_with_its_day(starter: Callable[[str], Version]) -> None:
    report = birth(starter, card(expires="30/06/2026"))

    finding = only(report, "paper_is_not_expired")
    assert "30/06/2026" in finding.sentence
    assert finding.legal_basis == "Khoản 1 Điều 46 Luật Căn cước số 26/2023/QH15"
    assert birth(starter, card(expires="01/07/2026")).outcome is Outcome.COMPLETE


def test_a_number_that_differs_on_two_papers_is_shown_masked(
    starter: Callable[[str], Version],
) -> None:
    report = birth(starter, card(number="079085004321"))

    finding = only(report, "papers_agree")
    assert report.outcome is Outcome.NEEDS_OFFICER
    assert "079*****4321" in finding.sentence
    assert "079085004321" not in report.model_dump_json()
    assert {place.file for place in finding.evidence} == {"to-khai.jpg", "can-cuoc.jpg"}


def test_another_name_with_the_same_number_is_a_contradiction(
    starter: Callable[[str], Version],
) -> None:
    report = birth(starter, card(name="LÊ THỊ HOA"))

    assert "LÊ THỊ HOA" in only(report, "papers_agree").sentence


def test_marks_order_and_a_slip_are_no_contradiction(starter: Callable[[str], Version]) -> None:
    for name in ("TRAN VAN BINH", "BÌNH TRẦN VĂN", "TRẦN VÂN BÌNH", "TRẦN VĂN BlNH"):
        assert blocking(birth(starter, card(name=name))) == [], name


def test_another_birthday_is_a_contradiction(starter: Callable[[str], Version]) -> None:
    report = birth(starter, card(born="12/11/1985"))

    assert "12/11/1985" in only(report, "papers_agree").sentence


def test_a_card_of_somebody_the_form_does_not_name(starter: Callable[[str], Version]) -> None:
    report = birth(starter, card(name="LÊ THỊ HOA", number="001190002222"))

    assert only(report, "card_belongs_to_someone_named").evidence


def test_a_number_that_cannot_be_read_is_named(starter: Callable[[str], Version]) -> None:
    report = birth(starter, form(*FORM[:3], "Số định danh cá nhân: 0790850?1?34", *SIGNED))

    assert only(report, "identity_numbers_can_be_read").evidence[0].file == "to-khai.jpg"


def test_another_code_than_the_records_is_another_form(starter: Callable[[str], Version]) -> None:
    version = starter("1.004194")
    sheet = page(
        "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", (*FORM, *SIGNED), file="a.jpg", above=("Mẫu HK02",)
    )

    report = check(version, reading(sheet), request("1.004194", case="chung"))

    finding = only(report, "form_has_its_code")
    assert "HK02" in finding.sentence
    assert "CT01" in finding.sentence


def test_a_form_that_says_for_what_it_is_has_the_wrong_code(
    starter: Callable[[str], Version],
) -> None:
    """Its record calls the form 'Đơn đăng ký' and nothing more."""
    title = "ĐƠN ĐĂNG KÝ CẤP GIẤY CHỨNG NHẬN ĐỦ ĐIỀU KIỆN BUÔN BÁN THUỐC THÚ Y"
    other = "ĐƠN ĐĂNG KÝ CẤP CHỨNG CHỈ HÀNH NGHỀ THÚ Y"

    ours, theirs = (
        check(
            starter("1.001686"),
            reading(page(name, (*FORM, *SIGNED), file="a.jpg", above=("Mẫu số 07.QLT",))),
            request("1.001686", case="chung"),
        )
        for name in (title, other)
    )

    assert "07.QLT" in only(ours, "form_has_its_code").sentence
    assert ours.requirements[0].verdict is Verdict.MISSING
    assert only(theirs, "form_is_of_this_procedure")


def test_a_circular_outside_the_legal_basis_needs_an_officer(
    starter: Callable[[str], Version],
) -> None:
    old = "(Ban hành kèm theo Thông tư số 15/2015/TT-BTP)"
    known = "(Ban hành kèm theo Thông tư số 04/2024/TT-BTP)"

    report = birth(starter, form(above=(old,)))

    assert "15/2015/TT-BTP" in only(report, "form_is_of_a_circular_in_force").sentence
    assert report.outcome is Outcome.NEEDS_OFFICER
    assert birth(starter, form(above=(known,))).outcome is Outcome.COMPLETE


def test_the_form_of_another_procedure_is_named(starter: Callable[[str], Version]) -> None:
    other = page("TỜ KHAI ĐĂNG KÝ LẠI KHAI SINH", (*FORM, *SIGNED), file="to-khai.jpg")

    report = birth(starter, other)

    assert "ĐĂNG KÝ LẠI" in only(report, "form_is_of_this_procedure").sentence
    assert report.requirements[0].verdict is Verdict.MISSING


def test_a_paper_to_be_certified_shows_it(starter: Callable[[str], Version]) -> None:
    version = starter("3.000348")
    answers = {p: "no" for p, _, r in version.procedure.requirements() if r.condition}
    licence = page("GIẤY PHÉP LÁI XE", BODY, file="bang.jpg")
    sealed = page(
        "GIẤY PHÉP LÁI XE", (*BODY, "Chứng thực bản sao đúng với bản chính"), file="b.jpg"
    )

    plain, certified = (
        check(version, reading(p), request("3.000348", case="chung", answers=answers))
        for p in (licence, sealed)
    )

    assert "certified_papers_are_certified" in [f.rule for f in plain.findings]
    assert "certified_papers_are_certified" not in [f.rule for f in certified.findings]


def test_a_paper_older_than_the_record_allows(starter: Callable[[str], Version]) -> None:
    version = starter("1.001193")
    requirements = list(version.procedure.cases[0].requirements)
    requirements[2] = requirements[2].model_copy(
        update={"name": "Giấy chứng sinh cấp không quá 6 tháng"}
    )
    case = version.procedure.cases[0].model_copy(update={"requirements": tuple(requirements)})
    changed = version_of(version.procedure.model_copy(update={"cases": (case,)}))

    def issued(day: str) -> list[str]:
        paper = page("GIẤY CHỨNG SINH", (*BODY, f"Phú Mỹ, {day}"), file="sinh.jpg")
        asked = request("1.001193", case="chung", answers=NO)
        report = check(changed, reading(form(), paper, card()), asked)
        return [finding.rule for finding in blocking(report)]

    assert issued("ngày 05 tháng 3 năm 2026") == []
    assert issued("ngày 05 tháng 3 năm 2025") == ["paper_is_recent_enough"]


def test_a_page_that_is_lacking_is_counted(starter: Callable[[str], Version]) -> None:
    first = page("GIẤY CHỨNG SINH", (*BODY, "Trang 1/3"), file="sinh.jpg")

    assert "2, 3" in only(birth(starter, first), "pages_are_all_there").sentence


def test_originals_and_shown_papers_are_told_for_the_counter(
    starter: Callable[[str], Version],
) -> None:
    at_home, seen = birth(starter), birth(starter, handed_in="counter")

    rules = {finding.rule for finding in at_home.findings}
    assert {"originals_are_brought", "shown_papers_are_brought"} <= rules
    assert "originals_are_brought" not in {finding.rule for finding in seen.findings}
    assert [v.at_counter for v in seen.requirements if v.verdict is Verdict.PRESENT] == [
        False,
        False,
        True,
    ]


def test_a_dark_page_may_be_the_missing_paper(starter: Callable[[str], Version]) -> None:
    report = birth(starter, dark(), without="sinh.jpg")

    verdict = next(v for v in report.requirements if v.name == "Giấy chứng sinh")
    assert verdict.verdict is Verdict.UNREADABLE
    assert "mo.jpg" in verdict.reason
    assert report.outcome is Outcome.INCOMPLETE


def test_an_officers_word_stands_with_its_reason(starter: Callable[[str], Version]) -> None:
    override = Override(
        requirement="cases[0].requirements[2]",
        verdict=Verdict.PRESENT,
        reason="đã xem bản chính tại quầy",
        officer="lan",
        at=datetime(2026, 7, 1, tzinfo=UTC),
    )
    asked = request("1.001193", case="chung", answers=NO)

    report = check(starter("1.001193"), reading(form(), card()), asked, [override])

    verdict = next(v for v in report.requirements if v.id == override.requirement)
    assert (verdict.verdict, override.reason in verdict.reason) == (Verdict.PRESENT, True)


def test_every_rule_has_a_sentence_and_a_law_only_with_a_number() -> None:
    for language in LANGUAGES:
        sentences = messages_for(language).sentences
        for name in RULES.rules:
            assert any(key.startswith(f"dossier.rule.{name}") for key in sentences), name
    assert all(r.legal_basis is None or "/" in r.legal_basis for r in RULES.rules.values())


def test_a_name_is_registered_once() -> None:
    registry = Registry()

    def same(dossier: Dossier) -> list[Found]:
        return []

    registry.rule(blocks=True)(same)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="same"):
        registry.rule(blocks=False)(same)  # type: ignore[arg-type]


def test_identity_numbers_have_a_province_and_are_masked() -> None:
    assert is_identity_number("079085001234")
    assert is_identity_number("023456789")
    assert not is_identity_number("999085001234")
    assert not is_identity_number("07908500123")
    assert masked("079085001234") == "079*****1234"


def test_names_are_one_or_two() -> None:
    assert names_agree("Nguyễn Thị Hòa", "NGUYEN THI HOA") is Agreement.SAME
    assert names_agree("Nguyễn Thị Hoa", "Nguyễn Thị Hồng") is Agreement.DIFFERENT
    assert names_agree("Trần Văn Bình", "Lê Văn Cường") is Agreement.DIFFERENT


def test_a_rule_holds_from_its_day_on() -> None:
    registry = Registry()

    @registry.rule(blocks=True, since=date(2027, 1, 1))
    def later(dossier: Dossier) -> list[Found]:
        """Not yet."""
        return []

    assert registry.rules["later"].since == date(2027, 1, 1)
