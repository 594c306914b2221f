"""Codes of identity cards and machine-readable zones."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from ingest.reading.codes import codes_on, identity_of
from ingest.reading.mrz import check_digit, zones_in
from ingest.reading.page import FactKind
from ingest.reading.photo import page_of_picture
from ingest.settings import ReadingSettings

CARD = "001199912345|012345678|Trần Thị Ngọc Ánh|14031999|Nữ|Số 5, Bình Minh|01072021"
# The specimens printed in ICAO Doc 9303, parts 4 and 5.
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
CARD_ZONE = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)


def page_with(code: str) -> np.ndarray:
    drawn = np.array(
        zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode), scale=5
        )
    )
    page = np.full((1000, 900, 3), 255, np.uint8)
    page[80 : 80 + drawn.shape[0], 500 : 500 + drawn.shape[1]] = drawn[:, :, None]
    return page


def test_the_code_of_a_card_becomes_its_fields() -> None:
    (fact,) = codes_on(page_with(CARD), [])

    assert fact.kind is FactKind.IDENTITY_QR
    assert fact.value == {
        "number": "001199912345",
        "old_number": "012345678",
        "name": "Trần Thị Ngọc Ánh",
        "born": "1999-03-14",
        "sex": "female",
        "address": "Số 5, Bình Minh",
        "issued": "2021-07-01",
    }
    assert fact.box is not None
    assert fact.box.left == pytest.approx(500 / 900, abs=0.05)


def test_any_other_code_is_told_as_text() -> None:
    (fact,) = codes_on(page_with("https://example.vn/hoso/1"), [])

    assert (fact.kind, fact.value) == (FactKind.OTHER_CODE, {"text": "https://example.vn/hoso/1"})


def test_bars_alone_do_not_make_an_identity_card() -> None:
    assert identity_of("a|b|c|d|e|f|g") == {}


@pytest.mark.parametrize(("field", "digit"), [("520727", "3"), ("L898902C3", "6"), ("740812", "2")])
def test_check_digits_follow_the_standard(field: str, digit: str) -> None:
    assert check_digit(field) == digit


def test_a_passport_zone_is_read_and_checked() -> None:
    (zone,) = zones_in(PASSPORT)

    assert zone == {
        "kind": "TD3",
        "number": "L898902C3",
        "name": "ERIKSSON ANNA MARIA",
        "born": "1974-08-12",
        "sex": "female",
        "expires": "2012-04-15",
        "nationality": "UTO",
        "checks": "ok",
    }


def test_a_card_zone_is_read_and_checked() -> None:
    (zone,) = zones_in(CARD_ZONE)

    assert (zone["kind"], zone["number"], zone["checks"]) == ("TD1", "D23145890", "ok")


def test_letters_where_only_digits_stand_are_digits() -> None:
    (zone,) = zones_in((CARD_ZONE[0], CARD_ZONE[1].replace("7408122", "74O8I2Z"), CARD_ZONE[2]))

    assert (zone["born"], zone["checks"]) == ("1974-08-12", "ok")


@pytest.mark.parametrize(
    "spoilt", [PASSPORT[1].replace("7408122", "7408132"), PASSPORT[1].replace("L898", "L889")]
)
def test_a_changed_digit_makes_the_checks_wrong(spoilt: str) -> None:
    (zone,) = zones_in((PASSPORT[0], spoilt))

    assert zone["checks"] == "wrong"


def test_a_zone_is_found_on_a_picture_of_a_page() -> None:
    picture = Image.new("RGB", (1500, 1000), (250, 250, 248))
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 46)
    draw = ImageDraw.Draw(picture)
    draw.text((100, 120), "HỘ CHIẾU - PASSPORT", fill="black", font=font)
    for row, line in enumerate(PASSPORT):
        draw.text((90, 780 + 80 * row), line, fill="black", font=font)

    page = page_of_picture(np.array(picture), ReadingSettings(_env_file=None))

    zones = [fact.value for fact in page.facts if fact.kind is FactKind.MRZ]
    assert [(zone["number"], zone["checks"]) for zone in zones] == [("L898902C3", "ok")]
