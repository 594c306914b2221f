"""Titles: what they have in common, and what they say is done with the thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.steps.patterns import patterns_in, patterns_within
from knowledge.text import folded, folded_words, words

_IN_BRACKETS = re.compile(r"\(.*?\)")
# Words by which the titles of one thing differ in what is done with it.
_ACTS = (
    "cấp mới lại đổi gia hạn sửa bổ sung điều chỉnh thay thu hồi chấm dứt hủy xóa đăng ký "
    "thực hiện tại lần đầu"
)
_WRITTEN_ACTS = frozenset(_ACTS.split())
_ACT_WORDS = frozenset(folded_words(_ACTS))
# Words of titles that fit any thing.
_FIT_ANYTHING = frozenset(
    folded_words(
        "thủ tục giấy phép chứng nhận chỉ thẻ của cho đối với và hoặc theo các trong trường hợp có "
        "yếu tố nước ngoài cấp tỉnh xã trung ương bộ đặc biệt i ii iii iv"
    )
)

_SAME = 0.8  # of the words of two titles
_AT_LEVEL = re.compile(
    r"\s*\(?(?:\b(?:thực hiện )?(?:ở|tại) (?:cấp|Cục|Phòng|Công an)|\bthuộc (?:thẩm quyền|phạm vi)|"
    r"\bcấp (?:bộ|tỉnh|xã|tw|trung ương)\b).*$",
    re.IGNORECASE,
)
_FOR_WHOM = re.compile(
    r"\s*(?:(?:đối với|cho|của)\s+)?(?:chủ rừng là )?(?:tổ chức|cá nhân|hộ gia đình|doanh nghiệp|"
    r"cộng đồng dân cư)(?:(?:,| và| hoặc| hay) (?:tổ chức|cá nhân|hộ gia đình|cộng đồng dân cư))*",
    re.IGNORECASE,
)
_SUBJECTS = {
    "people": re.compile(r"\b(?:ca nhan|ho gia dinh|nguoi dan|gia dinh|ca the)\b"),
    "bodies": re.compile(r"\b(?:to chuc|doanh nghiep|cong ty|co quan|don vi|company|cty)\b"),
}


@lru_cache(maxsize=20_000)
def likeness(one: str, other: str) -> float:
    """The share of words that two titles have in common, whatever is done with the thing."""
    ours, theirs = object_words(one), object_words(other)
    return len(ours & theirs) / max(1, len(ours | theirs))


def is_same_deed(one: str, other: str) -> bool:
    """Whether two titles say the same but for the level and the people."""
    ours, theirs = deed_words(one), deed_words(other)
    return len(ours & theirs) >= _SAME * max(1, len(ours | theirs)) and acts_of(one) == acts_of(
        other
    )


def subjects_apart(text: str, one: str, others: Sequence[str]) -> bool:
    """Whether a title is for people and one that does the same for organisations, and the text
    names neither."""
    plain, ours = folded(text), _subjects(one)
    return any(
        theirs and ours and not theirs & ours
        for theirs in (_subjects(other) for other in others if is_same_deed(one, other))
    ) and not any(pattern.search(plain) for pattern in _SUBJECTS.values())


@lru_cache(maxsize=20_000)
def _subjects(name: str) -> frozenset[str]:
    plain = folded(name)
    return frozenset(kind for kind, pattern in _SUBJECTS.items() if pattern.search(plain))


@lru_cache(maxsize=20_000)
def deed_words(name: str) -> frozenset[str]:
    """The words of a title without its level and without whom it is for."""
    return frozenset(folded_words(_FOR_WHOM.sub("", _AT_LEVEL.sub("", name))))


def held_in(one: str, other: str) -> float:
    """The share of the first title's words that the other has too."""
    ours = object_words(one)
    return len(ours & title_words(other)) / max(1, len(ours))


@lru_cache(maxsize=20_000)
def title_words(name: str) -> frozenset[str]:
    """Folded words of a title, without what stands in brackets."""
    bare = _IN_BRACKETS.sub("", name).removeprefix("Thủ tục ")
    return frozenset(folded_words(bare))


@lru_cache(maxsize=20_000)
def object_words(name: str) -> frozenset[str]:
    """The words of a title that say what it is about, not what is done."""
    return title_words(name) - _ACT_WORDS


@lru_cache(maxsize=20_000)
def thing_words(name: str) -> frozenset[str]:
    """The words of a title that name the thing, not a kind of paper nor what variants differ by;
    'lái xe' and 'tài sản' are only without their marks 'lại' and 'tại'."""
    alike = {folded(word) for word in words(name) if word not in _WRITTEN_ACTS}
    things = object_words(name) | (alike & title_words(name) & _ACT_WORDS)
    return things - _FIT_ANYTHING or things


@lru_cache(maxsize=20_000)
def acts_of(name: str) -> frozenset[str]:
    """What a title says is done: first, again, exchange, extend, change, end."""
    plain = folded(name)
    return _acts(plain, "title_", patterns_within("acts.yaml", plain))


def acts_said(content: Sequence[str]) -> frozenset[str]:
    """What the words of a question say is to be done."""
    plain = " ".join(content)
    return _acts(plain, "said_", patterns_in("acts.yaml", plain))


def _acts(plain: str, kind: str, patterns: Mapping[str, re.Pattern[str]]) -> frozenset[str]:
    return frozenset(
        name.removeprefix(kind)
        for name, pattern in patterns.items()
        if name.startswith(kind) and pattern.search(plain)
    )


def without_acts(plain: str) -> str:
    """Folded text without the words by which people say what is to be done."""
    for name, pattern in patterns_in("acts.yaml", plain).items():
        if name.startswith("said_"):
            plain = pattern.sub(" ", plain)
    return plain
