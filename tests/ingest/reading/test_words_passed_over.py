"""Print that the first look at a page passes over, and words in framed stamps."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evals.bench.reading_pages import FONTS, Picture, sheet, signed
from ingest.reading import missed
from ingest.reading.missed import all_words_of, missed_share
from ingest.reading.ocr import SPARSE, Seen
from ingest.reading.page import FactKind, Page
from ingest.reading.photo import page_of_picture
from ingest.settings import ReadingSettings

RED = (205, 40, 45)
GREY = np.full((1000, 800), 255, np.uint8)


def read(picture: Picture) -> Page:
    return page_of_picture(picture, ReadingSettings(_env_file=None))


def lettered() -> np.ndarray:
    """Two blocks of shapes of the size of letters, the second as large as the first."""
    page = GREY.copy()
    for top in (*range(100, 300, 50), *range(600, 800, 50)):
        for left in range(100, 700, 30):
            page[top : top + 15, left : left + 12] = 0
    return page


def block(top: int, bottom: int) -> Seen:
    return Seen("chữ", 90, top, 620, bottom - top, 0.9, 0)


def test_letters_outside_of_all_words_are_counted() -> None:
    assert missed_share(lettered(), [block(90, 280), block(590, 780)]) == 0.0
    assert missed_share(lettered(), [block(90, 280)]) == pytest.approx(0.5, abs=0.02)
    assert missed_share(GREY, []) == 0.0


def test_a_page_of_which_a_block_was_passed_over_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(missed, "words_of", half_then_all)

    assert all_words_of(lettered(), "vie") == [block(90, 280), block(590, 780)]


def half_then_all(grey: object, language: str, config: str = "") -> list[Seen]:
    return [block(90, 280), block(590, 780)] if config == SPARSE else [block(90, 280)]


def test_a_second_look_that_finds_no_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "words_of", lambda *asked: [block(90, 280)])

    assert all_words_of(lettered(), "vie") == [block(90, 280)]


def test_the_words_of_a_framed_stamp_are_read_after_the_print() -> None:
    page = read(framed(sheet(), "CHỨNG THỰC BẢN SAO", "ĐÚNG VỚI BẢN CHÍNH"))

    assert page.text.endswith("CHỨNG THỰC BẢN SAO\nĐÚNG VỚI BẢN CHÍNH")
    word = next(word for word in page.words if word.text == "THỰC")
    assert 0.76 < word.box.top < word.box.bottom < 0.86
    assert 0.5 < word.box.left < word.box.right < 0.9
    assert [fact.kind for fact in page.facts] == [FactKind.STAMP]


def test_a_frame_around_print_is_not_read_twice() -> None:
    lines = ("", "", "", "", "", "", "Kính gửi: Ủy ban", "nhân dân phường", "Bình Minh")
    printed = sheet(lines=lines)

    page = read(framed(printed, place=(0.097, 0.214, 0.34, 0.3)))

    assert [fact.kind for fact in page.facts] == [FactKind.STAMP]
    assert page.text.split() == " ".join(lines).split()


def test_a_signature_is_seen_though_the_word_above_it_was_misread() -> None:
    page = read(signed(sheet(), 0.14, 0.78, (20, 20, 25)))

    assert [fact.value["colour"] for fact in page.facts] == ["black"]


def framed(
    page: Picture, *lines: str, place: tuple[float, float, float, float] = (0.52, 0.76, 0.84, 0.86)
) -> Picture:
    """A red frame with lines of words in it, its sides in shares of the page."""
    height, width = page.shape[:2]
    left, top, right, bottom = place
    layer = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(layer), ImageFont.truetype(FONTS["serif"], 32)
    box = (left * width, top * height, right * width, bottom * height)
    draw.rectangle(box, outline=RED, width=5)
    for i, line in enumerate(lines):
        at = (left * width + 30, top * height + 20 + 60 * i)
        draw.text(at, line, fill=RED, font=font)
    return np.asarray(np.minimum(page, np.array(layer)), np.uint8)
