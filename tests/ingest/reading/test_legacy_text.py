"""Vietnamese from before Unicode."""

from __future__ import annotations

import pytest

from ingest.reading.legacy import from_tcvn3, from_vni, is_tcvn3, is_vni, modern

TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc"
UNICODE = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"


def test_tcvn3_becomes_unicode() -> None:
    assert from_tcvn3(TCVN3) == UNICODE


def test_capitals_of_tcvn3_come_from_the_font() -> None:
    assert from_tcvn3("tê khai", capitals=True) == "TỜ KHAI"


def test_vni_becomes_unicode() -> None:
    assert from_vni(VNI) == UNICODE
    assert from_vni("ñöôøng, ngöôøi, nôi sinh, kyù teân") == "đường, người, nơi sinh, ký tên"


@pytest.mark.parametrize(
    ("text", "expected"), [(TCVN3, UNICODE), (VNI, UNICODE), (UNICODE, UNICODE)]
)
def test_text_is_told_by_itself(text: str, expected: str) -> None:
    assert modern(text) == expected


@pytest.mark.parametrize("text", [UNICODE, "Le château est fermé, où êtes-vous ? Ça va très bien."])
def test_other_text_is_left_alone(text: str) -> None:
    assert not is_tcvn3(text)
    assert not is_vni(text)
