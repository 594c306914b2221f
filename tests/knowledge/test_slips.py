"""Slips look like what people type."""

from __future__ import annotations

import random

import pytest

from knowledge.slips import (
    SLIPS,
    chat_spelling,
    double_letter,
    drop_letter,
    half_folded,
    join_words,
    slipped,
    swap_letters,
    telex,
    telex_left,
)
from knowledge.text import folded


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("đường", "dduwowngf"),
        ("giấy", "giaays"),
        ("Đăng", "ddawng"),
        ("ký", "kys"),
        ("quyền", "quyeenf"),
        ("hộ", "hooj"),
        ("mã", "max"),
        ("phải", "phair"),
        ("xe", "xe"),
        ("", ""),
    ],
)
def test_telex_keys_of_a_word(word: str, keys: str) -> None:
    assert telex(word) == keys


def test_a_letter_is_dropped_swapped_or_doubled() -> None:
    rng = random.Random(1)

    assert len(drop_letter("giấy tờ", rng)) == 6
    assert sorted(swap_letters("giấy tờ", rng)) == sorted("giấy tờ")
    assert len(double_letter("giấy tờ", rng)) == 8


def test_words_are_joined_or_folded_or_left_in_telex() -> None:
    rng = random.Random(3)

    assert join_words("giấy tờ", rng) == "giấytờ"
    assert folded(half_folded("đăng ký xe", rng)) == "dang ky xe"
    assert telex_left("giấy", rng) == "giaays"


def test_chat_spelling_shortens_words() -> None:
    found = {chat_spelling("không được", random.Random(seed)) for seed in range(30)}

    assert found & {"ko đc", "ko dc", "k đc", "k dc"}
    assert "không được" in found


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("text", ["", "a", "1 2 3 4", "đ", "đăng ký"])
def test_every_slip_takes_every_text(slip: object, text: str) -> None:
    for seed in range(5):
        assert isinstance(slip(text, random.Random(seed)), str)  # type: ignore[operator]


def test_short_text_is_left_alone() -> None:
    assert slipped("xe", random.Random(1)) == "xe"
