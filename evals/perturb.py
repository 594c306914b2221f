"""Spellings of a question: the same meaning, written as people on the street and machines write.

    VARIANTS: dict[Variant, Spell]                     by name
    Spell = Callable[[str, random.Random], str]
    spelled(text, variant, seed) -> str                same seed, same text; NFC; never empty

Written apart from the slips that the bundled model is trained on (knowledge.slips), so that a test
is not the training set. Digits, form codes and legal numbers stay as they are: a question that
names another figure would be another question.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.cases import Variant

Spell = Callable[[str, random.Random], str]
_WORDS = Path(__file__).parent / "perturb.yaml"
_MARKED = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile(r"(?<![\w./-])[^\W\d_]+(?![\w/-]|\.\w)")
_TELEX_TONE = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_TONE = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_TELEX_SHAPE = {"\u0302": "", "\u0306": "w", "\u031b": "w"}  # the empty one doubles its vowel
_VNI_SHAPE = {"\u0302": "6", "\u0306": "8", "\u031b": "7"}


def spelled(text: str, variant: Variant, seed: int) -> str:
    """`text` written as `variant`; depends on nothing but the three."""
    plain = unicodedata.normalize("NFC", text)
    digest = hashlib.sha256(f"{seed} {variant.value} {plain}".encode()).digest()
    written = VARIANTS[variant](plain, random.Random(digest))
    return unicodedata.normalize("NFC", written).strip() or plain


def as_written(text: str, rng: random.Random) -> str:
    """Nothing changes: what the others are compared with."""
    return text


def no_diacritics(text: str, rng: random.Random) -> str:
    """All marks are left out; case stays."""
    return _bare(text)


def half(text: str, rng: random.Random) -> str:
    """Some words lose their marks, as when the keyboard is switched in mid-sentence."""
    share = rng.uniform(0.3, 0.7)
    return _MARKED.sub(lambda m: _bare(m[0]) if rng.random() < share else m[0], text)


def keyed(text: str, rng: random.Random) -> str:
    """Up to three words show the keys, Telex or VNI, that should have become their marks."""
    keys = telex_keys if rng.random() < 0.7 else vni_keys
    spots = [m.span() for m in _LETTERS.finditer(text) if _bare(m[0]) != m[0]]
    for start, end in sorted(rng.sample(spots, min(len(spots), rng.randint(1, 3))), reverse=True):
        text = text[:start] + keys(text[start:end], rng) + text[end:]
    return text


def telex_keys(word: str, rng: random.Random) -> str:
    """'được' -> 'dduwowjc' with the tone at its vowel, or 'dduwowcj' with the tone last."""
    return _keys(word, _TELEX_SHAPE, _TELEX_TONE, "d", tone_last=rng.random() < 0.5)


def vni_keys(word: str, rng: random.Random) -> str:
    """'được' -> 'd9u7o75c' or 'd9u7o7c5'."""
    return _keys(word, _VNI_SHAPE, _VNI_TONE, "9", tone_last=rng.random() < 0.5)


def _keys(
    word: str, shapes: Mapping[str, str], tones: Mapping[str, str], bar: str, *, tone_last: bool
) -> str:
    typed, tone = "", ""
    for char in unicodedata.normalize("NFD", word):
        if char in tones:
            typed, tone = (typed, tones[char]) if tone_last else (typed + tones[char], "")
        elif char in shapes:
            typed += shapes[char] or typed[-1].lower()
        else:
            typed += {"đ": "d" + bar, "Đ": "D" + bar}.get(char, char)
    return typed + tone


def chat(text: str, rng: random.Random) -> str:
    """Abbreviations of chats, lower case, fewer full stops, sometimes a polite ending."""
    written = _swapped(text.lower(), "chat", rng, share=0.8)
    if rng.random() < 0.5:
        written = written.rstrip(" .?!") + rng.choice(["", "?", "??", " ạ", " v ạ", " nhỉ"])
    return written


def dialect(text: str, rng: random.Random) -> str:
    """Words of the South or of the Centre instead of those of the North."""
    region = rng.choice(["south", "centre"])
    return _swapped(text, region, rng, share=0.9)


def scanned(text: str, rng: random.Random) -> str:
    """A poor scan: letters that look alike, lost marks, broken words; figures are left alone."""
    return _LETTERS.sub(lambda m: _misread(m[0], rng), text)


def _misread(word: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.12:
        return _bare(word)
    if chance < 0.22 and len(word) > 3:
        at = rng.randrange(1, len(word) - 1)
        return f"{word[:at]} {word[at:]}"
    if chance < 0.42:
        return _alike(word, rng)
    return word


def _alike(word: str, rng: random.Random) -> str:
    known = [(i, look) for i, char in enumerate(word) if (look := _words()["ocr"].get(char))]
    if not known:
        return word
    i, look = rng.choice(known)
    return f"{word[:i]}{rng.choice(look)}{word[i + 1 :]}"


def _swapped(text: str, part: str, rng: random.Random, share: float) -> str:
    """Words and phrases of a list in perturb.yaml, replaced where they stand as whole words."""
    table: dict[str, list[str]] = _words()[part]

    def swap(match: re.Match[str]) -> str:
        if rng.random() > share:
            return match[0]
        new: str = rng.choice(table[match[0].lower()])
        return new[:1].upper() + new[1:] if match[0][:1].isupper() else new

    return _pattern(part).sub(swap, text)


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {part: _composed(table) for part, table in loaded.items()}


def _composed(table: Mapping[str, list[str]]) -> dict[str, list[str]]:
    nfc = unicodedata.normalize
    return {nfc("NFC", k): [nfc("NFC", v) for v in values] for k, values in table.items()}


@cache
def _pattern(part: str) -> re.Pattern[str]:
    phrases = sorted(_words()[part], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)", re.IGNORECASE)


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


VARIANTS: dict[Variant, Spell] = {
    Variant.PLAIN: as_written,
    Variant.NO_DIACRITICS: no_diacritics,
    Variant.HALF: half,
    Variant.TELEX: keyed,
    Variant.CHAT: chat,
    Variant.DIALECT: dialect,
    Variant.OCR: scanned,
}
