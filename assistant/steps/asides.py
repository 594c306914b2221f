"""Asides: what stands in a question beside the thing that is asked for.

People give their numbers and names, say which office they hold, and ask whether one paper is
needed. None of that names a procedure, and all of it would be searched for like the rest: 'đăng ký
kết hôn có cần giấy khám sức khỏe không' is about no health check. What is cut leaves a question,
or nothing is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.redaction import redact
from assistant.steps.content import content_of, is_weak
from assistant.steps.patterns import patterns_in, says
from knowledge.text import composed, folded, tidy

_FILE = "asides.yaml"
_NAME = re.compile(
    r"\b(?:(?:tôi|toi|em|mình|minh|cháu|con|anh|chị|tui) t[êe]n|"
    r"t[êe]n (?:tôi|toi|em|mình|minh|cháu|con|tui)|my name is)"
    r"(?: là)?(?: (?-i:[A-ZĐÀ-ỸƯƠĂÂÊÔ])\w*){2,5}(?!\w)",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"^(?:[\s,.;:>]|(?:và|and|nên)\s)+|(?<=\s)>|\s+(?=[,.;:?!])|(?<=,)\s*,")


@lru_cache(maxsize=4096)
def without_who(text: str) -> str:
    """The text without whose it is: numbers given with what they are, a name, an office."""
    rest = _cut(tidy(redact(_NAME.sub(" ", composed(text)))), "number", "office")
    return rest if rest and rest != tidy(redact(text)) else text


@lru_cache(maxsize=4096)
def without_paper(text: str) -> str:
    """The text without the paper of which it asks whether it is needed."""
    heard = ("paper_heard",) if _says("heard", text) else ()
    return _cut(composed(text), "paper", *heard) or text


def asks_for_paper(text: str) -> bool:
    """Whether the text asks if one paper is needed: 'tách hộ có cần giấy độc thân không?'."""
    return _says("paper", text)


def _says(kind: str, text: str) -> bool:
    return says(_FILE, kind, folded(text))


def _cut(text: str, *kinds: str) -> str:
    """The text without what is of these kinds; empty where that says nothing of its own, or where
    places in the text without marks are not those in the text."""
    plain = folded(text)
    if len(plain) != len(text):
        return ""
    patterns = patterns_in(_FILE, plain)
    if patterns.keys().isdisjoint(kinds):
        return text
    kept = bytearray(b"\1" * len(text))
    for kind in kinds:
        for match in patterns[kind].finditer(plain) if kind in patterns else ():
            kept[match.start() : match.end()] = bytes(match.end() - match.start())
    if all(kept):
        return text
    rest = "".join(char if keep else " " for char, keep in zip(text, kept, strict=True))
    rest = _LEFT_OVER.sub("", " ".join(rest.split()))
    return "" if is_weak(content_of(rest)) else rest
