"""Vary: which variant of the procedure spoken of a correction means.

Search scores of the new words alone and after the old ones, and what they say of the marks and acts
that titles differ by: a foreigner, a level, first issue or exchange.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.steps.content import content_of
from assistant.steps.patterns import patterns_of
from assistant.steps.titles import acts_of, acts_said, held_in
from knowledge.finder import Finder
from knowledge.search import Found, Hit
from knowledge.text import folded
from knowledge.twins import MARKERS, marks_of

_HELD = 0.6  # of the words of the topic's title
_TELLING_ACTS = frozenset(["again", "exchange", "extend", "end"])
_ALONE = 0.5  # how much the new words count without the old ones
_MARK = 0.25
_ACT = 0.25
_LIKE = 0.4
_TAKEN_BACK = 8.0  # times `change`: 'nhầm' rules the procedure before out, 'nếu' does not


@dataclass(frozen=True)
class Varied:
    """New words, the words that named the topic, its code, and what the new words alone found."""

    text: str
    about: str
    topic: str
    alone: Found
    corrects: bool
    takes_back: bool

    @property
    def is_marked(self) -> bool:
        """Whether the new words speak of a foreigner or a place abroad and the old ones did not."""
        return _foreign_said(self.text) and not _foreign_said(self.about)

    @property
    def replaces(self) -> bool:
        """Whether the new words stand instead of the old ones, not beside them."""
        return self.takes_back and not self.is_marked

    def is_related(self, finder: Finder) -> bool:
        """Whether what the new words find alone is a variant of the topic, or near it."""
        best = self.alone.hits[0]
        found = finder.find(self.about).hits
        topic = next((hit for hit in found if hit.code == self.topic), None)
        return any(hit.code == best.code for hit in found) or (
            topic is not None and held_in(topic.name, best.name) >= _HELD
        )


def variant_of(varied: Varied, finder: Finder, change: float) -> str:
    """The code of the variant that old and new words mean together; the topic's at a tie."""
    meant = without_ruled_out(varied.text)
    near = finder.find(varied.about).hits
    together = finder.find(f"{varied.about}. {meant}").hits
    alone = finder.find(meant).hits if meant != varied.text else varied.alone.hits
    names = {hit.code: hit.name for hit in (*near, *together, *alone)}
    family = _family(varied.topic, (*near, *together, *alone))
    scores: dict[str, float] = defaultdict(float)
    for hits, weight in ((together, 1.0), (alone, 1.0 if varied.replaces else _ALONE)):
        for hit in _within(hits, family):
            scores[hit.code] += weight * hit.score
    for code in scores:
        scores[code] += _agreement(names[code], names.get(varied.topic, ""), meant)
        if not varied.replaces:
            scores[code] += _LIKE * held_in(names.get(varied.topic, ""), names[code])
    if varied.corrects:
        scores[varied.topic] -= change * (_TAKEN_BACK if varied.takes_back else 1.0)
    return max(sorted(scores), key=scores.__getitem__) if scores else varied.topic


def without_ruled_out(text: str) -> str:
    """The text without what it rules out: of 'không phải đổi, bị mất' the second half."""
    plain = folded(text)
    rest = patterns_of("follow.yaml")["ruled_out"].sub(" ", plain)
    return " ".join(rest.split()) if rest != plain and content_of(rest) else text


def _family(topic: str, hits: Sequence[Hit]) -> set[str]:
    """The codes of one field, of titles like the topic's, or of the same act."""
    ours = next((hit for hit in hits if hit.code == topic), None)
    if ours is None:
        return {topic, *(hit.code for hit in hits)}
    return {
        hit.code
        for hit in hits
        if hit.field == ours.field
        or held_in(ours.name, hit.name) >= _HELD
        or acts_of(hit.name) & acts_of(ours.name) & _TELLING_ACTS
    }


def _within(hits: Sequence[Hit], family: set[str]) -> list[Hit]:
    return [hit for hit in hits if hit.code in family]


def _agreement(name: str, topic: str, meant: str) -> float:
    """How well a title fits what the new words say of marks and acts; where they say nothing, it
    should be as the topic's was."""
    marks = marks_of(topic) | _marks_said(meant)
    said = acts_said(content_of(meant))
    acts = said or acts_of(topic)
    fits = _MARK * (marks_of(name) == marks) - _MARK * bool(marks_of(name) - marks)
    return fits + _ACT * bool(acts_of(name) & acts)


def _foreign_said(text: str) -> bool:
    return "foreign" in _marks_said(text)


def _marks_said(text: str) -> frozenset[str]:
    plain = folded(text)
    return frozenset(
        marker.name
        for marker in MARKERS
        if marker.said.search(plain) and not (marker.denied and marker.denied.search(plain))
    )
