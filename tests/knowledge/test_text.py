"""One normalisation: whatever way a text was typed, it compares equal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.embedding import features
from knowledge.keywords import body_tokens, name_tokens
from knowledge.text import (
    composed,
    folded,
    folded_words,
    has_marks,
    marked_words,
    tidy,
    word_pairs,
    words,
)

TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
BASES = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
VOWELS = [unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES]
MARKED_VOWELS = [vowel for vowel in VOWELS if not vowel.isascii()]
OLD_TONES = ["hoà", "thuỷ", "loè", "OÁ", "Tuý"]
ODD = ["\u200b", "\u200d", "\ufeff", "\u00ad", "ð", "Ð", "а", "о", "с", "Α", "ı", "  ", "\n"]
PLAIN = ["b", "ch", "đ", "Đ", "ng", "q", "Q", "qu", "n", "1", "10.000", "/", "-", ".", " "]

vietnamese = st.lists(
    st.sampled_from([*VOWELS, *map(str.upper, VOWELS), *OLD_TONES, *ODD, *PLAIN]), max_size=14
).map("".join)
any_text = st.one_of(vietnamese, st.text(max_size=20))


@pytest.mark.parametrize(
    "reading",
    [composed, tidy, folded, words, folded_words, has_marks, features, name_tokens, body_tokens],
)
@settings(max_examples=250, deadline=None)
@given(text=any_text)
@example(text="\u1f78")  # a Greek letter with its accent
def test_composed_and_decomposed_text_read_the_same(
    reading: Callable[[str], object], text: str
) -> None:
    nfc, nfd = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert reading(nfc) == reading(nfd)


@pytest.mark.parametrize("vowel", [*VOWELS, *map(str.upper, VOWELS)])
def test_every_vowel_folds_to_its_plain_letter(vowel: str) -> None:
    plain = unicodedata.normalize("NFD", vowel)[0].lower()

    assert folded(vowel) == plain
    assert folded(unicodedata.normalize("NFD", vowel)) == plain


@settings(max_examples=400, deadline=None)
@given(text=any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)

    assert folded(once) == once


@settings(max_examples=400, deadline=None)
@given(text=any_text)
def test_composing_twice_changes_nothing(text: str) -> None:
    once = composed(text)

    assert composed(once) == once


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("Hoà Bình", "Hòa Bình"),
        ("HOÀ", "HÒA"),
        ("hoá đơn", "hóa đơn"),
        ("loè", "lòe"),
        ("khoẻ", "khỏe"),
        ("thuý", "thúy"),
        ("thuỷ sản", "thủy sản"),
        ("luỹ kế", "lũy kế"),
        ("uỷ quyền", "ủy quyền"),
        ("toạ độ", "tọa độ"),
    ],
)
def test_old_tone_placement_is_the_same_word(old: str, new: str) -> None:
    assert composed(old) == composed(new) == new


@pytest.mark.parametrize(
    "word", ["quý", "Quý", "QUÝ", "toàn", "hoàn", "khoản", "thuyền", "huỳnh", "quỹ", "loài"]
)
def test_words_with_one_tone_place_stay_as_they_are(word: str) -> None:
    assert composed(word) == word


@pytest.mark.parametrize("letter", ["đ", "Đ", "ð", "Ð", "Ɖ", "ɖ"])
def test_every_form_of_d_with_stroke_is_d(letter: str) -> None:
    assert composed(letter).lower() == "đ"
    assert folded(f"{letter}ăng ký") == "dang ky"


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u2060"])
def test_invisible_characters_do_not_split_a_word(hidden: str) -> None:
    assert words(f"khai{hidden} si{hidden}nh") == ["khai", "sinh"]


def test_look_alike_letters_of_other_alphabets_become_ours() -> None:
    cyrillic = "сăn сướс"

    assert composed(cyrillic) == "căn cước"
    assert folded(cyrillic) == "can cuoc"


def test_numbers_keep_their_separators() -> None:
    assert words("Phí 10.000 đồng, 1,5 ngày, CT01") == [
        "phí",
        "10.000",
        "đồng",
        "1,5",
        "ngày",
        "ct01",
    ]


def test_neighbouring_words_are_paired() -> None:
    assert word_pairs(folded_words("đăng ký xe")) == ["dang_ky", "ky_xe"]


def test_tidy_leaves_single_spaces() -> None:
    assert tidy("  Tờ \n\t khai\u00a0 ") == "Tờ khai"


@pytest.mark.parametrize("text", [*MARKED_VOWELS, "đ", "ký", "ky\u0301"])
def test_marks_are_seen(text: str) -> None:
    assert has_marks(text)


@pytest.mark.parametrize("text", ["", "dang ky xe", "ABC", "10.000", "phi 5 %", "“dang ky”"])
def test_text_without_marks_has_none(text: str) -> None:
    assert not has_marks(text)


@pytest.mark.parametrize("times", [1, 200])
def test_marked_words_are_those_beyond_plain_letters(times: int) -> None:
    assert marked_words("Xin MÁ cho xe 10 " * times) == ["má"] * times
