"""Pages as people photograph and scan them, drawn with known words, and what is read on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from evals.bench.reading_pages import (
    LINES,
    Camera,
    Look,
    Picture,
    photographed,
    sheet,
    signed,
    stamped,
    turned,
    wrong_letters,
)
from ingest.reading.flaws import Seeing, flaws_of, is_drowned, is_smeared
from ingest.reading.ocr import Seen
from ingest.reading.page import FactKind, Flaw, Page
from ingest.reading.photo import likely_stance, page_of_picture
from ingest.reading.sheet import flattened, sheet_in
from ingest.settings import ReadingSettings

LIMITS = ReadingSettings(_env_file=None)
TRUTH = "\n".join(LINES)
RED, BLUE, BLACK = (205, 40, 45), (40, 60, 180), (20, 20, 25)


def read(picture: Picture) -> Page:
    return page_of_picture(picture, LIMITS)


def facts(page: Page, kind: FactKind) -> list[str]:
    return [fact.value["colour"] for fact in page.facts if fact.kind is kind]


@pytest.mark.parametrize(
    ("picture", "most"),
    [
        (lambda: sheet(Look("sans", 12)), 0.005),
        (lambda: turned(sheet(), 3.1), 0.005),
        (lambda: photographed(sheet(), Camera(seed=2, turn=-8, lean=0.09)), 0.005),
        (lambda: photographed(sheet(), Camera(light=0.2, shadow=0.6)), 0.01),
        (lambda: stamped(sheet(), 0.45, 0.45, RED), 0.005),
        (lambda: stamped(sheet(), 0.45, 0.45, BLUE), 0.01),
    ],
    ids=["print", "skewed", "photo", "dim photo", "red seal", "blue seal"],
)
def test_few_letters_are_wrong(picture, most: float) -> None:  # type: ignore[no-untyped-def]
    page = read(picture())

    assert wrong_letters(page.text, TRUTH) <= most
    assert page.flaws == ()


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("font", ["serif", "sans"])
def test_a_page_is_set_upright_without_reading_it(degrees: int, font: str) -> None:
    lying = turned(sheet(Look(font, 12)), degrees)

    assert likely_stance(lying).turn == degrees


def test_the_sheet_of_a_photo_is_found_and_a_scan_left_whole() -> None:
    photo = photographed(sheet())

    corners = sheet_in(photo)

    assert corners is not None
    flat = flattened(photo, corners)
    assert flat.shape[0] / flat.shape[1] == pytest.approx(11.69 / 8.27, rel=0.06)
    assert sheet_in(sheet()) is None


def test_words_stand_where_they_are_on_the_upright_page() -> None:
    page = read(turned(sheet(), 90))

    word = next(word for word in page.words if word.text == "KHAI")
    assert page.turned == 90
    assert page.height > page.width
    assert 0.1 < word.box.top < word.box.bottom < 0.25
    assert 0.1 < word.box.left < word.box.right < 0.4


def test_a_seal_and_a_pen_are_told_from_print() -> None:
    page = read(signed(stamped(sheet(), 0.7, 0.8, RED), 0.2, 0.84))

    assert facts(page, FactKind.STAMP) == ["red"]
    assert facts(page, FactKind.INK) == ["blue"]


def test_a_signature_in_black_is_seen_under_its_place() -> None:
    page = read(signed(sheet(), 0.14, 0.78, BLACK))

    assert facts(page, FactKind.INK) == ["black"]


def test_plain_print_has_neither_seal_nor_ink() -> None:
    page = read(sheet())

    assert page.facts == ()


def test_words_in_red_are_read_as_words() -> None:
    page_in_red = sheet()
    page_in_red[page_in_red[:, :, 0] < 128] = RED

    page = read(page_in_red)

    assert wrong_letters(page.text, TRUTH) <= 0.02
    assert facts(page, FactKind.STAMP) == []


@pytest.mark.parametrize(
    ("picture", "flaw"),
    [
        (lambda: photographed(sheet(), Camera(light=0.04, noise=4)), Flaw.DARK),
        (lambda: photographed(sheet(), Camera(blur=9)), Flaw.BLURRED),
        (lambda: photographed(sheet(), Camera(width=420, blur=0.4)), Flaw.SMALL),
        (lambda: sheet(lines=()), Flaw.BLANK),
        (lambda: sheet()[:, :1000], Flaw.CUT),
        (lambda: glaring(), Flaw.GLARE),
        (lambda: scribbled(), Flaw.UNCLEAR),
    ],
    ids=lambda value: getattr(value, "value", ""),
)
def test_what_spoils_a_page_is_named(picture, flaw: Flaw) -> None:  # type: ignore[no-untyped-def]
    page = read(picture())

    assert flaw in page.flaws


def glaring() -> Picture:
    """A photo with the reflection of a lamp over some lines."""
    photo = photographed(sheet(), Camera(light=0.75, shadow=0.1)).astype(np.float32)
    height, width = photo.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    far = np.hypot(
        (columns - width * 0.45) / (width * 0.24), (rows - height * 0.4) / (height * 0.13)
    )
    lamp = np.clip(1.6 - far, 0, 1)[:, :, None] * 400
    return np.clip(photo + lamp, 0, 255).astype(np.uint8)


def scribbled() -> Picture:
    """Sharp and well lit, but nothing that anyone could read."""
    chance = np.random.default_rng(3)
    page = np.full((2000, 1400, 3), 250, np.uint8)
    for _ in range(500):
        x, y = chance.integers(120, 1250), chance.integers(150, 1850)
        height, width = chance.integers(8, 30), chance.integers(8, 30)
        page[y : y + height, x : x + width] = np.where(
            chance.random((min(height, 2000 - y), min(width, 1400 - x), 1)) > 0.5, 20, 250
        )
    return page


def test_hopeless_pictures_are_known_before_time_is_lost() -> None:
    dark = photographed(sheet(), Camera(light=0.05, noise=9))
    blurred = photographed(sheet(), Camera(blur=12))

    assert is_drowned(dark)
    assert is_smeared(blurred, letter=0.0)
    assert not is_drowned(sheet())
    assert not is_smeared(sheet(), letter=20.0)


def test_ornaments_on_the_rim_are_not_text_that_runs_out() -> None:
    words = [Seen("chữ", 300, 100 + 40 * line, 60, 20, 0.95, line) for line in range(20)]
    rim = [Seen("cà", left, 900, 90, 80, 0.3, 20) for left in (0, 600, 910)]
    marks = [Seen("(", 995, 100 + 60 * k, 5, 18, 0.7, 21 + k) for k in range(9)]

    assert flaws_of(_seeing([*words, *rim, *marks]), gate=0.7) == ()


def test_lines_that_end_at_the_rim_run_out_of_the_picture() -> None:
    words = [Seen("chữ", 938, 100 + 40 * line, 60, 20, 0.95, line) for line in range(20)]

    assert flaws_of(_seeing(words), gate=0.7) == (Flaw.CUT,)


def _seeing(words: list[Seen]) -> Seeing:
    grey = np.full((1000, 1000), 255, np.uint8)
    return Seeing(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), grey, 15.0, words, 0.9)
