"""What a pen leaves where people sign, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evals.bench.reading_pages import FONTS, LINES, Picture, sheet, signed
from ingest.reading.light import even
from ingest.reading.page import Box, FactKind, Word
from ingest.reading.seals import marks_on

BLUE, BLACK, GREY = (30, 50, 160), (20, 20, 25), (95, 95, 95)
PAGE = sheet()
HEIGHT, WIDTH = PAGE.shape[:2]
LINE = 1.55 * 13 / 72 * 200 / HEIGHT
TOP = 0.9 * 200 / HEIGHT
LEFT, UNDER = round(0.2 * WIDTH), round(0.79 * HEIGHT)  # where people sign on this page
Draw = Callable[[ImageDraw.ImageDraw], None]


def words() -> list[Word]:
    """The printed words of the page, as a reader sees them."""
    font, found = ImageFont.truetype(FONTS["serif"], round(13 / 72 * 200)), []
    for number, line in enumerate(LINES):
        place, top = 0.9 * 200, TOP + LINE * number
        for text in line.split():
            end = place + font.getlength(text)
            box = Box(place / WIDTH, top + 0.15 * LINE, end / WIDTH, top + 0.85 * LINE)
            found.append(Word(text, box, 0.95, number))
            place = end + font.getlength(" ")
    return found


def looks(page: Picture) -> list[str]:
    found = marks_on(even(page), words())
    return [fact.value["looks"] for fact in found if fact.kind is FactKind.INK]


def drawn(draw: Draw) -> Picture:
    picture = Image.fromarray(PAGE.copy())
    draw(ImageDraw.Draw(picture))
    return np.array(picture)


@pytest.mark.parametrize("colour", [BLUE, BLACK, GREY])
@pytest.mark.parametrize("seed", [1, 2])
def test_one_long_thin_stroke_looks_like_a_signature(
    colour: tuple[int, int, int], seed: int
) -> None:
    page = signed(PAGE, 0.14, 0.79, colour, seed)

    assert looks(page) == ["signature"]


def test_a_signature_over_the_printed_words_is_seen() -> None:
    page = signed(PAGE, 0.14, 0.765, BLACK)

    assert "signature" in looks(page)


def test_a_signature_on_a_rule_is_seen() -> None:
    ruled = drawn(lambda pen: pen.line((LEFT, UNDER, LEFT + 500, UNDER), BLACK, 3))

    assert "signature" in looks(signed(ruled, 0.14, 0.79, BLACK))


@pytest.mark.parametrize("colour", [BLUE, BLACK])
@pytest.mark.parametrize(
    "draw",
    [
        lambda pen, ink: pen.line((LEFT, UNDER, LEFT + 500, UNDER + 2), ink, 3),
        lambda pen, ink: pen.rectangle((LEFT, UNDER, LEFT + 400, UNDER + 150), None, ink, 3),
        lambda pen, ink: pen.polygon(
            [(LEFT, UNDER), (LEFT + 400, UNDER + 16), (LEFT + 394, UNDER + 150),
             (LEFT - 6, UNDER + 134)], None, ink, 4,
        ),
        lambda pen, ink: pen.line((LEFT, UNDER + 150, LEFT + 400, UNDER + 10), ink, 4),
        lambda pen, ink: pen.ellipse((LEFT, UNDER, LEFT + 220, UNDER + 200), None, ink, 5),
        lambda pen, ink: pen.ellipse((LEFT, UNDER, LEFT + 220, UNDER + 150), ink),
        lambda pen, ink: pen.line(
            [(LEFT, UNDER + 30), (LEFT + 16, UNDER + 50), (LEFT + 50, UNDER)], ink, 5
        ),
        lambda pen, ink: pen.text(
            (LEFT, UNDER + 40), "Trần Văn Minh", ink, ImageFont.truetype(FONTS["serif"], 36)
        ),
    ],
    ids=["rule", "frame", "leaning frame", "crossing", "ring", "blot", "tick", "letters"],
)  # fmt: skip
def test_what_is_no_long_stroke_is_never_a_signature(
    draw: Callable[[ImageDraw.ImageDraw, tuple[int, int, int]], None], colour: tuple[int, int, int]
) -> None:
    page = drawn(lambda pen: draw(pen, colour))

    assert "signature" not in looks(page)


def test_an_edge_of_the_desk_is_never_a_signature() -> None:
    page = PAGE.copy()
    for row in range(UNDER, HEIGHT):
        page[row, : 160 + (row - UNDER) // 3 + 6 * (row // 9 % 2)] = (60, 48, 40)

    assert "signature" not in looks(page)


def test_plain_print_leaves_no_ink() -> None:
    assert looks(PAGE) == []
