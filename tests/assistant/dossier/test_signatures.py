"""Whether a form is signed: only a hand in the place where its citizen signs says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dossier.reading_text import folded_lines
from assistant.dossier.sheets import sheets_of
from assistant.dossier.signatures import Signature, signed
from ingest.reading.page import Box, Fact, FactKind, Page, Word
from tests.assistant.dossier.papers import BODY, PERSON, SIGNING, page, words_of

FORM = (*PERSON, *BODY, *BODY, *BODY)


def form(*body: str) -> Page:
    return page("TỜ KHAI ĐĂNG KÝ KHAI SINH", body)


def state(of: Page, *facts: Fact) -> Signature:
    (sheet,) = sheets_of(replace(of, facts=facts))
    return signed([sheet], {id(sheet): folded_lines(sheet)}).state


def mark(left: float, top: float, looks: str = "signature", **more: str) -> Fact:
    box = Box(left, top, left + 0.16, top + 0.03)
    return Fact(FactKind.INK, {"colour": "blue", "looks": looks, **more}, box)


def under(of: Page, text: str) -> float:
    """Just below the line of a page that begins with `text`."""
    return next(word.box.bottom for word in of.words if word.text == text.split()[0]) + 0.01


def line_under(of: Page, text: str, left: float, gap: float) -> Page:
    """The page with a line printed somewhere under its last one."""
    top = of.words[-1].box.bottom + gap
    moved = [
        replace(word, line=word.line + 90, box=_moved(word.box, left - 0.1))
        for word in words_of([(text, 1.0, False)], top)
    ]
    return replace(of, words=(*of.words, *moved))


def _moved(box: Box, by: float) -> Box:
    return Box(box.left + by, box.top, box.right + by, box.bottom)


def test_a_stroke_under_the_line_that_asks_is_a_signature() -> None:
    asked = form(*FORM, *SIGNING)

    assert state(asked, mark(0.12, under(asked, "(Ký,"))) is Signature.YES
    assert state(asked) is Signature.NO


@pytest.mark.parametrize("looks", ["writing", "stamp"])
def test_what_may_be_no_signature_is_left_to_an_officer(looks: str) -> None:
    asked = form(*FORM, *SIGNING)
    there = mark(0.12, under(asked, "(Ký,"), looks)
    if looks == "stamp":
        there = Fact(FactKind.STAMP, {"colour": "blue"}, there.box)

    assert state(asked, there) is Signature.UNKNOWN


def test_a_sentence_that_begins_like_a_label_asks_for_nothing() -> None:
    vow = "Người khai báo cam đoan các nội dung trên là đúng."
    asked = form(*FORM, "Ngày nhận khai báo:", vow, *BODY, *BODY, *BODY, *BODY, *SIGNING)
    beside = next(word.box for word in asked.words if word.text == "khai")

    assert state(asked, mark(0.3, beside.top - 0.02)) is Signature.NO


def test_a_field_filled_in_under_the_place_is_no_signature() -> None:
    asked = line_under(form(*FORM, *SIGNING), "Điện thoại liên hệ:", 0.1, 0.06)
    field = asked.words[-1].box

    assert state(asked, mark(field.right - 0.02, field.top - 0.005)) is Signature.NO


def test_what_is_written_above_the_place_is_no_signature() -> None:
    asked = form(*FORM, *SIGNING)
    label = next(word.box for word in asked.words[-10:] if word.text == "Người")

    assert state(asked, mark(0.12, label.top - 0.032)) is Signature.NO


@pytest.mark.parametrize(
    "theirs",
    [
        ("Xác nhận của UBND xã", "(Ký, ghi rõ họ tên)"),
        ("Trưởng ban", "(Ký, đóng dấu)"),
    ],
)
def test_the_hand_of_an_official_does_not_sign_for_the_citizen(theirs: tuple[str, str]) -> None:
    asked = form(*FORM, *SIGNING)
    both = replace(asked, words=(*asked.words, *beside(asked, theirs, 0.62)))
    below = under(asked, "(Ký,")

    assert state(both, mark(0.64, below)) is Signature.NO
    assert state(both, mark(0.12, below)) is Signature.YES


def beside(of: Page, lines: tuple[str, str], left: float) -> list[Word]:
    """Two lines in a column to the right, level with the last two of a page."""
    first = next(w.box.top for w in of.words if w.line == of.words[-1].line - 1)
    printed = words_of([(text, 1.0, False) for text in lines], first)
    return [
        replace(word, line=word.line + 50, box=_moved(word.box, left - 0.1)) for word in printed
    ]


def test_who_agrees_does_not_sign_for_who_declares() -> None:
    asked = form(*FORM, *SIGNING)
    both = replace(
        asked, words=(*asked.words, *beside(asked, ("Ý kiến của chủ hộ", SIGNING[1]), 0.62))
    )

    assert state(both, mark(0.64, under(asked, "(Ký,"))) is Signature.NO
    assert state(both, mark(0.12, under(asked, "(Ký,"))) is Signature.YES


def test_where_two_must_sign_and_one_did_an_officer_looks() -> None:
    one_side = form(*FORM, "Bên nam", SIGNING[1])
    columns = beside(one_side, ("Bên nữ", SIGNING[1]), 0.62)
    both = replace(one_side, words=(*one_side.words, *columns))
    below = under(one_side, "(Ký,")

    assert state(both, mark(0.12, below)) is Signature.UNKNOWN
    assert state(both, mark(0.12, below), mark(0.64, below)) is Signature.YES
    assert state(both) is Signature.NO


def test_what_lies_on_the_paper_beside_is_not_under_the_line_that_asks() -> None:
    upright = form(*FORM, *SIGNING)
    wide = replace(
        upright,
        width=4200,
        words=tuple(
            replace(w, box=Box(w.box.left / 2, w.box.top, w.box.right / 2, w.box.bottom))
            for w in upright.words
        ),
    )

    assert state(wide, mark(0.3, under(upright, "(Ký,"))) is Signature.NO


@pytest.mark.parametrize(
    ("words", "known"),
    [("(đã ký)", Signature.YES), ("Ký bởi: Trần Văn Bình", Signature.YES),
     ("Chữ ký số", Signature.NO)],
)  # fmt: skip
def test_only_words_that_say_so_are_a_signature(words: str, known: Signature) -> None:
    assert state(form(*FORM, *SIGNING, words)) is known
