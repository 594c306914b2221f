"""Follow: what a turn means after the turns before it.

A choice is picked, a bare facet keeps its procedure, a correction changes the variant, "quay lại"
returns, and everything that stands alone is a new topic. Nothing is guessed from the words of the
last answer: only procedures that were answered count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.models import Answer, Facet, Said, Status, Turn
from assistant.steps.content import content_of
from assistant.steps.patterns import patterns_of
from assistant.steps.picking import picked
from assistant.steps.premise import searchable
from assistant.steps.route import spoken
from assistant.steps.translate import Rewrite
from assistant.steps.understand import facets_of
from knowledge.finder import Finder
from knowledge.search import Found
from knowledge.text import folded_words

_NEAR = 8


@dataclass(frozen=True)
class FollowThresholds:
    """When words stand alone, when a correction is an aside after all, and what a correction takes
    from the procedure before; cosines and scores of `knowledge.search`."""

    standalone: float = 0.66
    correction: float = 0.80
    aside: float = 0.75
    change: float = 0.10


class Memory(Protocol):
    """What recalls the turns of a conversation, newest first."""

    def recall(self, conversation: str) -> tuple[Said, ...]: ...


def follower(
    conversations: Memory | None,
    finder: Finder,
    thresholds: FollowThresholds,
    rewrite: Rewrite | None = None,
) -> Callable[[Turn], Answer | None]:
    """The step, over what it needs; `rewrite` makes a whole question of what was said before and
    now, where there is a language model."""

    def follow(turn: Turn) -> Answer | None:
        if conversations and turn.question.conversation:
            turn.past = conversations.recall(turn.question.conversation)
        if turn.question.code:
            turn.facets = facets_of(turn.text) or _facets_before(turn)
            return None
        return _Following(turn, finder, thresholds, rewrite).decide()

    return follow


class _Following:
    """One turn against its past."""

    def __init__(
        self,
        turn: Turn,
        finder: Finder,
        thresholds: FollowThresholds,
        rewrite: Rewrite | None = None,
    ) -> None:
        self.rewrite = rewrite
        self.turn = turn
        self.finder = finder
        self.thresholds = thresholds
        self.content = content_of(turn.text)
        self.plain = " ".join(folded_words(turn.text))
        self.answered = [said for said in turn.past if said.codes]

    def decide(self) -> Answer | None:
        """Settle the codes where the past does; ask back for a facet of nothing."""
        if self._picks() or self._returns():
            return None
        if not self.content:
            return self._bare()
        if self.answered:
            self._continue()
        return None

    def _picks(self) -> bool:
        last = self.turn.past[0] if self.turn.past else None
        if last is None or not last.options:
            return False
        asked_back = last.status is Status.NEEDS_CHOICE
        if not asked_back and len(self.content) > 4:
            return False
        option = picked(self.turn.text, last.options, last.text, self._rank)
        if option is None or (not asked_back and not self._is_number()):
            return False
        self._settle("chọn trong các lựa chọn vừa đưa", option.code)
        self.turn.facets = facets_of(self.turn.text) or last.facets or self.turn.facets
        return True

    def _is_number(self) -> bool:
        return len(self.plain) <= 2 and self.plain.isdigit()

    def _returns(self) -> bool:
        returning = patterns_of("follow.yaml")["return"]
        if not self.answered or not returning.search(self.plain):
            return False
        known = list(dict.fromkeys(code for said in self.answered for code in said.codes))
        words = " ".join(content_of(returning.sub(" ", self.plain)))
        ranked = [code for code in self._rank(words) if code in known] if words else []
        other = [code for code in known if code not in self.answered[0].codes]
        self._settle("quay lại thủ tục đã hỏi", (ranked or other or known)[0])
        return True

    def _bare(self) -> Answer | None:
        if self.answered:
            self._settle("chỉ hỏi khía cạnh: giữ thủ tục đang nói", *self.answered[0].codes)
            return None
        return spoken(self.turn, Status.NEEDS_CHOICE, "which_topic", examples=True)

    def _continue(self) -> None:
        """A new topic when the words stand alone; else the same procedure, or its variant."""
        alone = self.finder.find(searchable(self.turn.text))
        corrects = bool(patterns_of("follow.yaml")["correction"].search(self.plain))
        if not alone.hits or self._is_aside(alone, corrects):
            return
        bar = self.thresholds.correction if corrects else self.thresholds.standalone
        if alone.hits[0].similarity < bar and not self._is_rewritten(bar):
            self._keep_or_vary(alone, corrects)

    def _is_aside(self, alone: Found, corrects: bool) -> bool:
        """What lies outside all procedures; a correction only when that is plain."""
        least = self.thresholds.aside if corrects else alone.hits[0].similarity
        return alone.off_topic_similarity > max(least, alone.hits[0].similarity)

    def _is_rewritten(self, bar: float) -> bool:
        """Settled by the whole question that a language model made, if that stands alone."""
        said = [said.text for said in reversed(self.turn.past)]
        whole = self.rewrite(said, self.turn.text) if self.rewrite else None
        hits = self.finder.find(searchable(whole)).hits if whole else ()
        if not hits or hits[0].similarity < bar:
            return False
        self._settle(f"mô hình ngôn ngữ viết lại: {whole}", hits[0].code)
        return True

    def _keep_or_vary(self, alone: Found, corrects: bool) -> None:
        """The procedure before, or the variant of it that the new words name."""
        topic = self.answered[0].codes[0]
        if facets_of(self.turn.text) and not corrects:
            self._settle("hỏi khía cạnh khác của thủ tục đang nói", topic)
            return
        about = self._about()
        family = {hit.code for hit in self.finder.find(about).hits[:_NEAR]} | {topic}
        scores: dict[str, float] = defaultdict(float)
        for found, weight in ((self.finder.find(f"{about}. {self.turn.text}"), 1.0), (alone, 0.5)):
            for hit in found.hits:
                if hit.code in family:
                    scores[hit.code] += weight * hit.score
        if corrects:
            scores[topic] -= self.thresholds.change
        best = max(sorted(scores), key=scores.__getitem__) if scores else topic
        self._settle("lời mới không đứng riêng: xét cùng thủ tục đang nói", best)

    def _about(self) -> str:
        """The last words that named the topic."""
        codes = self.answered[0].codes
        named = (said.text for said in self.answered if said.codes == codes)
        return next((text for text in named if content_of(text)), self.answered[0].text)

    def _settle(self, reason: str, *codes: str) -> None:
        self.turn.because(reason)
        self.turn.codes = codes
        self.turn.facets = facets_of(self.turn.text) or _facets_before(self.turn)

    def _rank(self, text: str) -> Sequence[str]:
        return [hit.code for hit in self.finder.find(text).hits]


def _facets_before(turn: Turn) -> tuple[Facet, ...]:
    """What the last answer told; a correction asks the same of another variant."""
    told = (said.facets for said in turn.past if said.facets)
    return next(told, turn.facets)
