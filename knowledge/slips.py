"""How people misspell Vietnamese: slips of the finger, lost marks, chat spelling."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence

from knowledge.text import folded

CHAT = {
    "không": ("ko", "k", "hong", "kg"),
    "được": ("đc", "dc", "dk"),
    "đăng ký": ("đk", "dk"),
    "giấy tờ": ("gt",),
    "giấy": ("giay",),
    "căn cước công dân": ("cccd",),
    "căn cước": ("cc",),
    "giấy khai sinh": ("gks",),
    "hộ khẩu": ("hk",),
    "giấy phép lái xe": ("gplx", "blx"),
    "bằng lái xe": ("blx",),
    "bảo hiểm xã hội": ("bhxh",),
    "bảo hiểm y tế": ("bhyt",),
    "ủy ban": ("ub", "ubnd"),
    "công an": ("ca",),
    "công ty": ("cty", "ct"),
    "doanh nghiệp": ("dn",),
    "kinh doanh": ("kd",),
    "hộ kinh doanh": ("hkd",),
    "giấy phép": ("gp",),
    "hồ sơ": ("hs",),
    "nước ngoài": ("nn",),
    "người": ("ng",),
    "bao nhiêu": ("bn", "bnhieu"),
    "thủ tục": ("tt",),
    "kết hôn": ("kh",),
    "sổ đỏ": ("so do",),
    "nhân viên": ("nv",),
    "vợ chồng": ("vc",),
    "gì": ("j", "gi"),
    "vậy": ("v", "z"),
    "rồi": ("r", "rui"),
}
_TELEX = {
    "\u0301": "s",
    "\u0300": "f",
    "\u0309": "r",
    "\u0303": "x",
    "\u0323": "j",
    "\u0302": "",
    "\u0306": "w",
    "\u031b": "w",
}
Slip = Callable[[str, random.Random], str]


def drop_letter(text: str, rng: random.Random) -> str:
    """One letter is missed."""
    at = _letter(text, rng)
    return text[:at] + text[at + 1 :]


def swap_letters(text: str, rng: random.Random) -> str:
    """Two neighbouring letters change places."""
    at = _letter(text[:-1], rng)
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def double_letter(text: str, rng: random.Random) -> str:
    """A key is hit twice."""
    at = _letter(text, rng)
    return text[: at + 1] + text[at:]


def join_words(text: str, rng: random.Random) -> str:
    """A space is missed."""
    words = text.split(" ")
    if len(words) < 2:
        return text
    at = rng.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def half_folded(text: str, rng: random.Random) -> str:
    """Some words lose their marks."""
    return " ".join(folded(word) if rng.random() < 0.5 else word for word in text.split(" "))


def telex_left(text: str, rng: random.Random) -> str:
    """One word keeps the keys that should have made its marks: 'giấy' -> 'giaays'."""
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = telex(words[at])
    return " ".join(words)


def telex(word: str) -> str:
    """The Telex keys of a word, tone last: 'đường' -> 'dduwowngf'."""
    keys, tone = "", ""
    for char in unicodedata.normalize("NFD", word.lower().replace("đ", "dd")):
        if char == "\u0302":
            keys += keys[-1:]
        elif char in _TELEX:
            mark = _TELEX[char]
            keys, tone = (keys + mark, tone) if mark == "w" else (keys, mark)
        else:
            keys += char
    return keys + tone


def chat_spelling(text: str, rng: random.Random) -> str:
    """Words become the abbreviations of chats."""
    low = text.lower()
    for plain, short in CHAT.items():
        if plain in low and rng.random() < 0.6:
            low = low.replace(plain, rng.choice(short))
    return low


SLIPS: Sequence[Slip] = (
    drop_letter,
    swap_letters,
    double_letter,
    join_words,
    half_folded,
    telex_left,
    chat_spelling,
)


def slipped(text: str, rng: random.Random) -> str:
    """`text` with one slip."""
    return rng.choice(SLIPS)(text, rng) if len(text) > 3 else text


def _letter(text: str, rng: random.Random) -> int:
    places = [i for i, char in enumerate(text) if char.isalpha()]
    return rng.choice(places) if places else 0
