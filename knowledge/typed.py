"""Keys that should have become marks: 'giaays' and 'gia6y1' are 'giấy'.

Who writes with the keyboard's Telex or VNI switched off leaves the keys in the text. They can be
told: no Vietnamese syllable ends in s, f, r, x or j, none holds a w or a digit, and what the keys
make must be a syllable. One word with two keys, or several with one, are taken for that; a text
most of whose other words are no syllables is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from knowledge.text import folded, has_marks, words

_RHYMES = frozenset(
    words(
        "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec "
        "em en eng eo ep et ê êch êm ên ênh êp êt êu i ich im in inh ip it iu ia iêc iêm iên iêng "
        "iêp iêt iêu o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc "
        "oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u uc ui um un "
        "ung up ut ua uân uâng uât uây uê uêch uênh uơ uy uya uych uyên uyêt uyt uynh uyu uôc uôi "
        "uôm uôn uông uôt ư ưc ưi ưm ưn ưng ưt ưu ưa ươc ươi ươm ươn ương ươp ươt ươu y yêm yên "
        "yêng yêt yêu"
    )
)
_ONSETS = (
    *words("ngh ng nh ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x"),
    "",
)
_WORD = re.compile(r"(?<![\w@./-])[A-Za-z]{1,3}[A-Za-z1-9]{1,7}(?![\w@/-]|\.\w)")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN_RHYMES = frozenset(map(folded, _RHYMES))
_TONES = dict(zip("sfrxj12345", "\u0301\u0300\u0309\u0303\u0323" * 2, strict=True))
_SHAPES = (
    ("uwow", "ươ"), ("uow", "ươ"), ("u7o7", "ươ"), ("uo7", "ươ"), ("aa", "â"), ("a6", "â"),
    ("ee", "ê"), ("e6", "ê"), ("oo", "ô"), ("o6", "ô"), ("aw", "ă"), ("a8", "ă"), ("ow", "ơ"),
    ("o7", "ơ"), ("uw", "ư"), ("u7", "ư"),
)  # fmt: skip
_VOWELS = "aăâeêioôơuưy"
# Words of every day that end like a key; alone they are no sign of one.
_FOREIGN = frozenset(
    words(
        "as is us if of or for bus gas tax fax max box sex mix fix six lux car bar par her per air "
        "over visas forms fees docs apps see too need book form ios visa taxi now how low tow row "
        "bow cow town down gown chaos"
    )
)
_SURE = 2  # marks in one word
_SEVERAL = 3  # words with one mark
_SHORTEST = 2  # letters; 'B2' and 'A1' are what they are
_ALONE = (
    4  # letters of a word with one mark among words that have theirs: 'bus' and 'tax' are words
)


@dataclass(frozen=True)
class _Typed:
    """What a word was meant to be, and how many of its marks are keys."""

    text: str
    marks: int


@lru_cache(maxsize=4096)
def typed_out(text: str) -> str:
    """`text` with the marks that its keys stand for; as it is where it is not sure that they do."""
    found = {word: typed for word in set(_WORD.findall(text)) if (typed := _typed(word))}
    marked = has_marks(text)
    sure = any(typed.marks >= _SURE or (marked and _is_slip(word)) for word, typed in found.items())
    if not (sure or len(found) >= _SEVERAL) or _strangers(text, found) >= len(found):
        return text
    return _WORD.sub(lambda match: found[match[0]].text if match[0] in found else match[0], text)


def _strangers(text: str, found: Collection[str]) -> int:
    """How many words are no syllables whatever their keys: most of those of an English text."""
    plain = (folded(word) for word in _LETTERS.findall(text) if word not in found)
    return sum(len(word) >= _ALONE - 1 and _parsed(word, _PLAIN_RHYMES) is None for word in plain)


def _parsed(word: str, rhymes: Collection[str]) -> tuple[str, str] | None:
    """Onset and rhyme of a syllable, the longest onset first."""
    starts = (one for one in _ONSETS if word.startswith(one))
    return next(((one, word[len(one) :]) for one in starts if word[len(one) :] in rhymes), None)


def _is_slip(word: str) -> bool:
    """Whether a word can be nothing else where the words beside it have their marks."""
    low = word.lower()
    ends = low[-1] in _TONES and low[-1].isalpha()
    return low.isalpha() and ("w" in low or (len(low) >= _ALONE and ends))


@lru_cache(maxsize=4096)
def _typed(word: str) -> _Typed | None:
    low = word.lower()
    if low in _FOREIGN or low.isdigit():
        return None
    toneless, tone = _without_tone(low)
    bare, shapes = _shaped(toneless)
    marks = shapes + bool(tone)
    if not marks or len(bare) < _SHORTEST or any(ch.isdigit() for ch in bare):
        return None
    parsed = _parsed(bare, _RHYMES)
    if parsed is None:
        return None
    whole = _toned(*parsed, tone)
    return _Typed(whole.capitalize() if word[0].isupper() else whole, marks)


def _shaped(word: str) -> tuple[str, int]:
    """The word with its đ, hats and horns, and how many keys made them."""
    marks = 0
    if word.startswith(("dd", "d9")):
        word, marks = "đ" + word[2:], 1
    for keys, letters in _SHAPES:
        if keys in word:
            word, marks = word.replace(keys, letters, 1), marks + 1
            break
    return word, marks


def _without_tone(word: str) -> tuple[str, str]:
    """The word without the one key of its tone, which comes after a vowel."""
    first = next((at for at, ch in enumerate(word) if ch in _VOWELS), len(word))
    places = [at for at, ch in enumerate(word) if at > first and ch in _TONES]
    if len(places) != 1:
        return word, ""
    at = places[0]
    return word[:at] + word[at + 1 :], _TONES[word[at]]


def _toned(onset: str, rhyme: str, tone: str) -> str:
    """The tone at the vowel that bears it: one with a hat or horn, else the one before the end."""
    vowels = [at for at, ch in enumerate(rhyme) if ch in _VOWELS]
    marked = [at for at in vowels if rhyme[at] in "ăâêôơư"]
    closed = len(vowels) < len(rhyme)
    plain = vowels[-1] if closed or len(vowels) == 1 else vowels[-2]
    at = marked[-1] if marked else plain
    return unicodedata.normalize("NFC", onset + rhyme[: at + 1] + tone + rhyme[at + 1 :])
