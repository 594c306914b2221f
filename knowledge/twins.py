"""Near twins: procedures whose titles differ in a word that changes everything.

When the question says the word, the twin that has it comes first; when it says nothing, the
everyday one at the commune does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.procedure import Level
from knowledge.text import folded


@dataclass(frozen=True)
class Marker:
    """A word of titles (`title`) and what people say for it (`said`), on folded text.

    `denied` is how people rule it out. `unsaid` is what a title with the mark loses when the
    question is silent, `agreed` what it wins when the question says it; another title loses that.
    """

    name: str
    title: re.Pattern[str]
    said: re.Pattern[str]
    denied: re.Pattern[str] | None = None
    unsaid: float = 0.12
    agreed: float = 0.10


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


_NATIONS = (
    "my|han quoc|han|nhat ban|nhat|trung quoc|dai loan|phap|duc|uc|anh quoc|canada|lao|campuchia|"
    "thai lan|nga|singapore|malaysia|an do|chau au"
)
MARKERS = (
    Marker(
        "foreign",
        _words("yeu to nuoc ngoai", "nguoi nuoc ngoai", "nuoc ngoai"),
        _words(
            "nuoc ngoai",
            "ngoai quoc",
            "viet kieu",
            "quoc tich",
            "quoc te",
            rf"(?:nguoi|chong|vo|quoc tich|ben|o|sang|tu|ban|ong|ba|phap luat) (?:{_NATIONS})",
            "tay",
            "abroad",
            "overseas",
            "foreign(?:er|ers)?",
            "expats?",
            "korean|japanese|american|chinese|french|german|british|australian|taiwanese|laotian",
            "ho chieu|passport|visa",
        ),
        _words(
            "deu la nguoi viet(?: nam)?",
            "deu (?:la )?cong dan viet nam",
            "khong co yeu to nuoc ngoai",
            "nguoi viet nam voi nhau",
            "ca hai (?:deu )?(?:la )?nguoi viet",
            "both vietnamese",
        ),
    ),
    Marker(
        "mobile",
        _words("luu dong"),
        _words(
            "luu dong", "tan nha", "tai nha", "den nha", "khong di lai duoc", "mobile", "at home"
        ),
    ),
    Marker(
        "again",
        _words("dang ky lai", "cap lai"),
        _words(
            "lai",
            "mat",
            "that lac",
            "hong",
            "hu",
            "hu hong",
            "rach",
            "chay",
            "lan hai",
            "lost",
            "reissue",
            "re-?issue",
            "replace(?:ment)?",
            "re-?regist(?:er|ration)",
            "again",
            "damaged",
            "stolen",
        ),
        unsaid=0.08,
        agreed=0.04,
    ),
    Marker(
        "combined",
        _words("ket hop", "lien thong"),
        _words("ket hop", "lien thong", "cung luc", "dong thoi", "mot lan", "gop", "luon", "both"),
        unsaid=0.05,
        agreed=0.05,
    ),
    Marker(
        "has_papers",
        _words("da co ho so, giay to ca nhan", "da co ho so giay to ca nhan"),
        _words("da co", "lon tuoi", "truong thanh", "chua tung", "gia", "adult"),
        unsaid=0.06,
        agreed=0.02,
    ),
)
_LEVEL_WORDS = {
    Level.MINISTRY: _words("bo", "trung uong", "cuc", "ministry"),
    Level.PROVINCE: _words("tinh", "so", "thanh pho", "province", "provincial"),
    Level.COMMUNE: _words("xa", "phuong", "thi tran", "dac khu", "commune", "ward"),
}
_EVERYDAY = 0.02  # what the commune's procedure wins when no level is said
_LEVEL_SAID = 0.04


def twin_adjustments(
    question: str, names: Sequence[str], levels: Sequence[Sequence[str]]
) -> list[float]:
    """What to add to each candidate's score."""
    asked = folded(question)
    plain = [folded(name) for name in names]
    totals = [_level_change(asked, found) for found in levels]
    for marker in MARKERS:
        bearing = [bool(marker.title.search(name)) for name in plain]
        if any(bearing):
            change = _changes(marker, asked)
            totals = [t + change[b] for t, b in zip(totals, bearing, strict=True)]
    return totals


def _changes(marker: Marker, asked: str) -> dict[bool, float]:
    """What titles with (True) and without (False) the mark gain."""
    if marker.denied and marker.denied.search(asked):
        return {True: -2 * marker.unsaid, False: 0.0}
    if marker.said.search(asked):
        return {True: marker.agreed, False: 0.0}
    return {True: -marker.unsaid, False: 0.0}


def _level_change(asked: str, levels: Sequence[str]) -> float:
    said = {level for level, pattern in _LEVEL_WORDS.items() if pattern.search(asked)}
    if said:
        return _LEVEL_SAID if said & set(levels) else 0.0
    return _EVERYDAY if Level.COMMUNE in levels else 0.0
