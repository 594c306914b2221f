"""Leaning: whether new words ask about the procedure spoken of, or lie outside of all.

Short questions that name nothing are about what is spoken of; they are no new topic because no
procedure is like them, and no aside because of that alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.steps.aspects import asked_of_any, is_asked
from assistant.steps.beyond import Weighed
from assistant.steps.content import content_of
from assistant.steps.differ import ACT, differences_said, differs
from assistant.steps.outside import Outside
from assistant.steps.understand import facets_of
from assistant.steps.vary import says_otherwise
from knowledge.search import Found

_SHORT = 4  # words that the topic lacks; more are a question of their own
_BRIEF = 5  # words that a question may add and still be about the topic, where it fits nothing
_FEW_NEW = 2  # of so few, nothing tells that they lead away
_BESIDE = 1  # telling word beside those that ask for an aspect of any procedure
_FAR = 2.0  # a margin of what is outside; those words are about something else then


@dataclass(frozen=True)
class FollowThresholds:
    """When words stand alone: those near the topic, those `elsewhere`, and a correction; when a
    correction is an aside after all, what it takes from the procedure before, and how well each of
    two procedures must stand. Cosines and scores of `knowledge.search`."""

    standalone: float = 0.66
    elsewhere: float = 0.56
    correction: float = 0.80
    aside: float = 0.75
    change: float = 0.10
    two: float = 0.60


@dataclass(frozen=True)
class Leaning:
    """A turn's whole text, the title of the topic, the words that were not said of it, what they
    weigh, the bars they are held against, and who judges what lies outside."""

    text: str
    title: str
    new: Sequence[str]
    weighed: Weighed
    bars: FollowThresholds
    outside: Outside | None

    def leans_on_topic(self) -> bool:
        """Whether what is asked is asked of the procedure spoken of."""
        return self.asks_of_topic() or self.asks_nothing_else() or self.fits_nothing_else()

    def asks_of_topic(self) -> bool:
        """Whether what is asked may be asked of any procedure, and no other stands by itself."""
        varied = self.weighed.varied
        beside = asked_of_any(varied.text, frozenset(content_of(varied.about)))
        if varied.takes_back or beside is None or len(beside) > _BESIDE:
            return False
        if not beside:
            return self.weighed.nearness < self.bars.standalone and not self._is_ruled_out()
        named = self.weighed.nearness >= self.bars.elsewhere or self.weighed.is_told
        return not (named or self._differs() or self._margin > _FAR)

    def asks_nothing_else(self) -> bool:
        """Whether a short question names nothing that any procedure is about, and does not lie
        outside of all: then it is about the one spoken of."""
        weighed, varied = self.weighed, self.weighed.varied
        acts = ACT in differences_said(varied.text)
        if len(self.new) > _SHORT or acts or varied.corrects or not is_asked(varied.text):
            return False
        if weighed.nearness >= self.bars.elsewhere or weighed.is_own or weighed.is_told:
            return False
        return not (self._differs() or weighed.names_another) and self._margin < 0

    def fits_nothing_else(self) -> bool:
        """Whether a question is of no procedure by itself and yet not outside of all: 'sinh viên có
        mở được không' is asked about what is spoken of."""
        weighed, varied = self.weighed, self.weighed.varied
        if self.outside is None or len(self.new) > _BRIEF or not is_asked(varied.text):
            return False
        if varied.corrects or weighed.is_told or varied.alone.degraded or self._differs():
            return False
        verdict = self.outside.judge(self.text, varied.alone)
        return verdict.fits_nothing and not verdict.kinds and verdict.margin < 0

    def is_aside(self) -> bool:
        """What lies outside all procedures; a correction, or a question for a facet, only when that
        is plain, and not at all where a variant is named and nothing else."""
        return self._lies_outside() and not self.weighed.means_variant

    def _lies_outside(self) -> bool:
        alone = self.weighed.varied.alone
        corrects = self.weighed.varied.corrects or self._differs()
        asks = bool(facets_of(self.text))
        if self.outside and not (corrects or asks or alone.degraded):
            return self.outside.judge(self.text, alone).is_outside
        least = self.weighed.nearness
        if corrects or asks:
            least = max(least, self.bars.aside if corrects else self.bars.elsewhere)
        return alone.off_topic_similarity > least or self._leads_away()

    def _leads_away(self) -> bool:
        """Far away in more than a few words, which neither take back nor tell of a foreigner."""
        varied = self.weighed.varied
        if varied.takes_back or varied.is_marked or len(self.new) <= _FEW_NEW:
            return False
        return self._margin > _FAR

    def _is_ruled_out(self) -> bool:
        """Whether the words name another level, age or sort of body than the topic is for."""
        return differs(self.weighed.varied.text, self.title)

    def _differs(self) -> bool:
        return says_otherwise(self.weighed.varied.text, self.weighed.varied.about, self.title)

    @cached_property
    def _margin(self) -> float:
        """How far outside of all procedures the words are; 0 where nobody can tell."""
        alone: Found = self.weighed.varied.alone
        if self.outside is None or alone.degraded:
            return 0.0
        return self.outside.judge(self.text, alone).margin
