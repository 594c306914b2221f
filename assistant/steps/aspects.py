"""Aspects: what people ask of whatever procedure is spoken of.

How long a paper is good for, who signs, who may go instead, what comes of being late: no part of a
record is named for these, and the words name no other procedure (aspects.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from assistant.steps.content import content_of, is_weak
from assistant.steps.differ import ACT, differences_said
from assistant.steps.patterns import bare, patterns_in
from assistant.steps.understand import language_of

# 'Chưa' and 'không' ask at the end, and elsewhere say that something is not.
_QUESTION = re.compile(
    r"\b(?:gi|j|nao|dau|bao nhieu|bn|nhiu|may|bao lau|bao gio|sao|ai|hay|"
    r"what|how|where|when|which|who|why|does|could|is|are|will|should)\b|"
    r"\b(?:khong|ko|k|hong|hok|chua|chu|ha|a)(?: (?:a|ad|nhi|vay|em|anh|chi|ban|shop))*$"
)
# Without their marks 'do', 'cần' and 'mấy' are words of every day.
_IN_ENGLISH = re.compile(r"\b(?:do|can|may)\b")
_NEUTRAL = ("things", "people")  # name nothing, and ask for nothing


def asked_beside(text: str, about: AbstractSet[str]) -> list[str] | None:
    """The telling words of a question for an aspect beside those that ask for it, and beside the
    words `about` the topic; None where no aspect is asked for."""
    plain, asks = bare(text), False
    for name, pattern in patterns_in("aspects.yaml", plain).items():
        rest = pattern.sub(" ", plain)
        asks = asks or (rest != plain and name not in _NEUTRAL)
        plain = rest
    if not asks:
        return None
    left = set(plain.split())
    words = [word for word in content_of(text) if word in left and word not in about]
    return [word for word in words if not is_weak([word])]


def asked_of_any(text: str, about: AbstractSet[str]) -> list[str] | None:
    """The telling words beside a question that may be asked of any procedure; None where none is
    asked, or where something else is to be done."""
    acts = ACT in differences_said(text)
    return asked_beside(text, about) if is_asked(text) and not acts else None


def is_asked(text: str) -> bool:
    """Whether the words have the form of a question."""
    plain = bare(text)
    if _QUESTION.search(plain):
        return True
    return language_of(text) == "en" and bool(_IN_ENGLISH.search(plain))
