"""Left out: what a short follow-up does not say again; 'còn bằng lái?' after an exchange asks how
to exchange that too."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.steps.content import content_of
from assistant.steps.differ import ACT, differences_of, differences_said
from assistant.steps.premise import searchable
from assistant.steps.vary import without_joints
from knowledge.finder import Finder
from knowledge.search import Found

_FEW = 4  # telling words; more leave nothing out
# How people say what is done, in English second.
_DONE = {
    "first": ("làm", "get"),
    "again": ("cấp lại", "replace"),
    "exchange": ("đổi", "exchange"),
    "extend": ("gia hạn", "renew"),
    "change": ("thay đổi", "change"),
}


@dataclass(frozen=True)
class Asked:
    """Words without those that join them to what was said before, or with what they leave out, and
    what they find; `completes` when what is to be done is left out, and was said before."""

    words: str
    found: Found
    completes: bool = False

    def is_completed(self, bar: float) -> bool:
        """Whether what was left out is known and the words name a procedure."""
        return self.completes and self.found.hits[0].similarity >= bar


def asked_alone(text: str, english: bool, topic: str, finder: Finder) -> Asked:
    """What a text asks by itself after a procedure with the title `topic`."""
    words = without_joints(text)
    found = finder.find(searchable(words))
    whole = f"{_done_with(topic, english)} {words}".strip()
    if words == text or whole == words or not found.hits or _says_itself(words):
        return Asked(words, found)
    completed = finder.find(searchable(whole))
    if completed.hits and completed.hits[0].similarity >= found.hits[0].similarity:
        return Asked(whole, completed, completes=True)
    return Asked(words, found, completes=True)


def _says_itself(words: str) -> bool:
    """Whether the words say what is to be done, or so much that nothing is left out."""
    return len(content_of(words)) > _FEW or ACT in differences_said(words)


def _done_with(topic: str, english: bool) -> str:
    """How people say what was to be done with the topic; empty where that is several things."""
    return said_to_do(differences_of(topic).get(ACT, frozenset()), english)


def said_to_do(acts: AbstractSet[str], english: bool) -> str:
    """How people say one act; empty for none and for several."""
    return _DONE.get(next(iter(acts)), ("", ""))[english] if len(acts) == 1 else ""
