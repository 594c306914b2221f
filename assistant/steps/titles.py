"""Titles: what they have in common, and what they say is done with the thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.steps.patterns import patterns_of
from knowledge.text import folded, folded_words

_IN_BRACKETS = re.compile(r"\(.*?\)")
# Words by which the titles of one thing differ in what is done with it.
_ACT_WORDS = frozenset(
    folded_words(
        "cấp mới lại đổi gia hạn sửa bổ sung điều chỉnh thay thu hồi chấm dứt hủy xóa đăng ký "
        "thực hiện tại lần đầu"
    )
)


def likeness(one: str, other: str) -> float:
    """The share of words that two titles have in common, whatever is done with the thing."""
    ours, theirs = object_words(one), object_words(other)
    return len(ours & theirs) / max(1, len(ours | theirs))


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
def acts_of(name: str) -> frozenset[str]:
    """What a title says is done: first, again, exchange, extend, change, end."""
    return _acts(folded(name), "title_")


def acts_said(content: Sequence[str]) -> frozenset[str]:
    """What the words of a question say is to be done."""
    return _acts(" ".join(content), "said_")


def _acts(plain: str, kind: str) -> frozenset[str]:
    patterns: Mapping[str, re.Pattern[str]] = patterns_of("acts.yaml")
    return frozenset(
        name.removeprefix(kind)
        for name, pattern in patterns.items()
        if name.startswith(kind) and pattern.search(plain)
    )
