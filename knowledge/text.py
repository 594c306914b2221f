"""One normalisation for passages, questions and scanned papers.

`composed` keeps what a person reads; `folded` is what is compared: lower case, no marks, đ as d.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

# Invisible characters that copy and paste leave behind. Zero-width joiners are not used in
# Vietnamese, so removing them loses nothing.
_INVISIBLE = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164),
        *(0xFEFF, 0xFFA0, *range(0x200B, 0x2010), *range(0x202A, 0x202F)),
        *(*range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
    ]
)

# Letters of old encodings and other alphabets that look like ours: the Icelandic and African
# letters stand for đ in mis-decoded text, Cyrillic and Greek ones come from scans and jokes.
_LOOKALIKES = str.maketrans(
    "ÐðƉɖаеорсухіјѕАВЕКМНОРСТУХІЈЅαοΑΒΕΖΗΙΚΜΝΟΡΤΥΧı",
    "ĐđĐđaeopcyxijsABEKMHOPCTYXIJSaoABEZHIKMNOPTYXi",
)

_MARKS = "\u0300\u0301\u0303\u0309\u0323"
# Since 1984 two spellings live side by side: hoà and hòa, thuý and thúy. Both become the second.
_TONE_PAIRS = {
    unicodedata.normalize("NFC", first + second + mark): unicodedata.normalize(
        "NFC", first + mark + second
    )
    for first, seconds in (("o", "aeAE"), ("O", "aeAE"), ("u", "yY"), ("U", "yY"))
    for second in seconds
    for mark in _MARKS
}
# The first letter stands first and what is before it is looked back at: in whole records that is
# searched for six times as fast.
_TONE_PLACES = re.compile(
    r"[oOuU](?<![qQ].)(?:(?<=[oO])[àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ]|(?<=[uU])[ỳýỷỹỵỲÝỶỸỴ])(?![^\W\d_])",
    re.DOTALL,
)
# What may hide a look-alike: those themselves, and Greek and Cyrillic letters that carry marks.
_UNUSUAL = re.compile(
    "[" + "".join(map(chr, [*_INVISIBLE, *_LOOKALIKES])) + "\u0370-\u04ff\u1f00-\u1fff]"
)
_WORD = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+\d*|\d+[^\W\d_]+", re.UNICODE)
_FOLDS = {
    ord(letter): unicodedata.normalize("NFD", letter)[0]
    for letter in "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
} | {ord("đ"): "d"}
_SPACES = re.compile(r"\s+")
# Every step of an answer looks at the question, and at lines that every answer repeats: what is
# short is normalised once. Whole records are not kept.
_SHORT, _KEPT = 400, 8192


def composed(text: str) -> str:
    """NFC, look-alikes replaced, invisible characters gone, tone marks in one place."""
    if text.isascii():
        return text
    return _composed_short(text) if len(text) <= _SHORT else _composed(text)


def _composed(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text) or _UNUSUAL.search(text):
        decomposed = unicodedata.normalize("NFD", text)
        cleaned = decomposed.translate(_INVISIBLE).translate(_LOOKALIKES)
        text = unicodedata.normalize("NFC", cleaned)
    return _TONE_PLACES.sub(lambda match: _TONE_PAIRS[match[0]], text)


_composed_short = lru_cache(maxsize=_KEPT)(_composed)


def tidy(text: str) -> str:
    """Composed text with every run of white space as one space."""
    return _SPACES.sub(" ", composed(text)).strip()


def folded(text: str) -> str:
    """Lower case without any mark; đ becomes d. `folded(folded(x)) == folded(x)`."""
    return _folded_short(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    plain = composed(text).lower().translate(_FOLDS)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(ch for ch in decomposed if not unicodedata.combining(ch)).lower()
    return _SPACES.sub(" ", plain).strip()


_folded_short = lru_cache(maxsize=_KEPT)(_folded)


def words(text: str) -> list[str]:
    """Words as written, in lower case; numbers keep their separators."""
    return _WORD.findall(composed(text).lower())


def folded_words(text: str) -> list[str]:
    """Words of the folded text."""
    return list(_folded_words_short(text)) if len(text) <= _SHORT else _WORD.findall(folded(text))


@lru_cache(maxsize=_KEPT)
def _folded_words_short(text: str) -> tuple[str, ...]:
    # One string a word, whoever keeps it: titles, questions and what was found share most of them.
    return tuple(map(sys.intern, _WORD.findall(folded(text))))


def marked_words(text: str) -> list[str]:
    """Words as written that are more than plain letters: they tell 'má' from 'mã'."""
    return list(_marked_short(text)) if len(text) <= _SHORT else list(_marked(text))


def _marked(text: str) -> tuple[str, ...]:
    return tuple(word for word in words(text) if not word.isascii())


_marked_short = lru_cache(maxsize=_KEPT)(_marked)


def word_pairs(tokens: Sequence[str]) -> list[str]:
    """Neighbouring words joined: most Vietnamese words are two syllables."""
    return [f"{a}_{b}" for a, b in pairwise(tokens)]


@lru_cache(maxsize=_KEPT)
def has_marks(text: str) -> bool:
    """Whether any Vietnamese mark or đ was written."""
    plain = composed(text).lower()
    return plain != folded(plain) and any(
        ch == "đ" or unicodedata.decomposition(ch) for ch in plain
    )
