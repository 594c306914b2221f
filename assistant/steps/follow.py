"""Follow: what a turn means after the turns before it.

A choice is picked, a bare facet keeps its procedure, a correction changes the variant, "quay lại"
returns, and everything that stands alone is a new topic. Nothing is guessed from the words of the
last answer: only procedures that were answered, or offered in a question back, count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

from assistant.models import Answer, Facet, Said, Status, Turn
from assistant.steps.aspects import asked_of_any
from assistant.steps.beyond import Weighed, does_instead
from assistant.steps.choose import asked_among
from assistant.steps.content import content_of, is_weak, step_words
from assistant.steps.differ import (
    ACT,
    differences_of,
    differences_said,
    without_differences,
)
from assistant.steps.family import Families
from assistant.steps.leaning import FollowThresholds, Leaning
from assistant.steps.left_out import asked_alone
from assistant.steps.outside import Outside
from assistant.steps.patterns import patterns_of, says
from assistant.steps.picking import picked
from assistant.steps.premise import searchable
from assistant.steps.route import spoken
from assistant.steps.titles import acts_said
from assistant.steps.translate import Rewrite
from assistant.steps.two import two_in_one
from assistant.steps.understand import facets_of
from assistant.steps.vary import (
    Variant,
    Varied,
    Varying,
    is_foreign,
    is_named,
    says_otherwise,
    without_joints,
    without_ruled_out,
)
from knowledge.choices import MOST_WAYS
from knowledge.finder import Finder
from knowledge.search import Found, Hit
from knowledge.text import folded_words, word_pairs

_FEW = 4  # telling words; more are a question of their own
_APART = 0.15  # cosine
_NEVER = 2.0  # above every cosine


class Memory(Protocol):
    """What recalls the turns of a conversation, newest first."""

    def recall(self, conversation: str) -> tuple[Said, ...]: ...


def follower(
    conversations: Memory | None,
    finder: Finder,
    thresholds: FollowThresholds,
    outside: Outside | None = None,
    rewrite: Rewrite | None = None,
) -> Callable[[Turn], Answer | None]:
    """The step, over what it needs; `rewrite` makes a whole question of what was said before and
    now, where there is a language model."""

    families = Families(finder)

    def follow(turn: Turn) -> Answer | None:
        if conversations and turn.question.conversation:
            turn.past = conversations.recall(turn.question.conversation)
        if turn.question.code:
            turn.facets = facets_of(turn.text) or _facets_before(turn)
            return None
        return _Following(turn, finder, families, thresholds, outside, rewrite).decide()

    return follow


class _Following:
    """One turn against its past."""

    def __init__(
        self,
        turn: Turn,
        finder: Finder,
        families: Families,
        thresholds: FollowThresholds,
        outside: Outside | None = None,
        rewrite: Rewrite | None = None,
    ) -> None:
        self.outside = outside
        self.rewrite = rewrite
        self.families = families
        self.turn = turn
        self.finder = finder
        self.thresholds = thresholds
        self.content = content_of(turn.text)
        self.plain = " ".join(folded_words(turn.text))
        self.topics = [said for said in turn.past if said.codes or _is_open(said)]

    @cached_property
    def meant(self) -> str:
        """The words without what they rule out."""
        return without_ruled_out(self.turn.text)

    def decide(self) -> Answer | None:
        """Settle the codes where the past does; ask back for a facet of nothing."""
        if self._picks() or self._returns():
            return None
        if not self.content:
            return self._bare()
        return self._continue() if self.topics else None

    def _picks(self) -> bool:
        last = self.turn.past[0] if self.turn.past else None
        if last is None or not last.options:
            return False
        asked_back = last.status is Status.NEEDS_CHOICE
        if not asked_back and len(self.content) > _FEW:
            return False
        if asked_of_any(self.meant, frozenset()) == []:
            return False
        option = picked(self.turn.text, last.options, last.text, self._rank)
        if option is None or (not asked_back and not self._is_number()):
            return False
        if self._leads_away({option.code for option in last.options}):
            return False
        self._settle("chọn trong các lựa chọn vừa đưa", self._nearer(option.code, last.text))
        self.turn.picked = True
        self.turn.facets = facets_of(self.turn.text) or last.facets or self.turn.facets
        return True

    def _leads_away(self, offered: set[str]) -> bool:
        """Whether the words are a question of their own, about something else than was offered."""
        found = self.finder.find(searchable(self.meant)).hits
        if self._is_number() or not found or found[0].similarity < self.thresholds.standalone:
            return False
        near = [hit.similarity for hit in found if hit.code in offered]
        if self._asks():
            return not near
        return len(self.content) > _FEW and found[0].similarity - max(near, default=0.0) > _APART

    def _nearer(self, code: str, about: str) -> str:
        """The option, or the variant of it that the words name: 'đang ở nước ngoài' says more than
        'xin lại quốc tịch'."""
        alone = self.finder.find(self.meant)
        if self._is_number() or not alone.hits:
            return code
        varied = Varied(self.meant, about, code, alone, corrects=False, takes_back=False)
        best = Varying(varied, self.finder, self.families, self.thresholds.change).best
        return best.code if best.is_told else code

    def _is_number(self) -> bool:
        return len(self.plain) <= 2 and self.plain.isdigit()

    def _returns(self) -> bool:
        if not self.topics or not self._says("return"):
            return False
        returning = patterns_of("follow.yaml")["return"]
        named = set(returning.sub(" ", self.plain).split())
        words = [word for word in self.content if word in named]
        topic = self._spoken_of(words) or self._ranked_first(words)
        if topic is None and not is_weak(words):
            self.turn.found = self.finder.find(" ".join(words))
            return True
        topic = topic or self._before_last()
        self._settle("quay lại thủ tục đã hỏi", *self._codes(topic))
        return True

    def _spoken_of(self, words: Sequence[str]) -> Said | None:
        """The topic whose question shares most words with `words`, the newest first."""
        shared = [len(set(words) & set(content_of(said.text))) for said in self.topics]
        best = max(shared)
        return self.topics[shared.index(best)] if best else None

    def _ranked_first(self, words: Sequence[str]) -> Said | None:
        ranked = self._rank(" ".join(words)) if words else []
        by_code = {code: said for said in reversed(self.topics) for code in said.codes}
        return next((by_code[code] for code in ranked if code in by_code), None)

    def _before_last(self) -> Said:
        """The topic before the one spoken of now; that one when there is no other."""
        now = self.topics[0]
        return next((said for said in self.topics if said.codes != now.codes), now)

    def _bare(self) -> Answer | None:
        if self.topics:
            self._keep("chỉ hỏi khía cạnh: giữ thủ tục đang nói")
            return None
        return spoken(self.turn, Status.NEEDS_CHOICE, "which_topic", examples=True)

    def _keep(self, reason: str) -> None:
        self._settle(reason, *self._codes(self.topics[0]))

    def _codes(self, topic: Said) -> tuple[str, ...]:
        """What a topic is about: what was answered, or the likeliest of what was offered."""
        if topic.codes:
            return topic.codes
        offered = [option.code for option in topic.options]
        likely = next((code for code in self._rank(topic.text) if code in offered), offered[0])
        return (likely,)

    def _continue(self) -> Answer | None:
        """A new topic when the words stand alone; else the same procedure, or its variant."""
        new = self._new_words()
        if not new and self._names_another():
            new = list(self.content)
        varies = self._corrects() or self._says_what_is_done() or self._differs()
        if not new and not varies:
            self._keep("hầu như chỉ hỏi khía cạnh: giữ thủ tục đang nói")
            return None
        alone = self._alone()
        another = new and self._says("new_topic") and not is_foreign(self.meant, self._about())
        if another or not alone.hits:
            return None
        weighed = self._weighed(alone, bool(new))
        if weighed is None:
            return None
        leaning = Leaning(
            self.turn.text, self._topic_name(), new, weighed, self.thresholds, self.outside
        )
        if leaning.leans_on_topic():
            self._keep("hỏi điều có thể hỏi của mọi thủ tục: giữ thủ tục đang nói")
            return None
        if new and leaning.is_aside():
            return None
        if self._says("takes_back") or not self._is_two(alone):
            return self._weigh(weighed, new)
        return None

    def _alone(self) -> Found:
        """What the words find by themselves."""
        english = self.turn.language == "en"
        asked = asked_alone(self.meant, english, self._topic_name(), self.finder)
        self.turn.meant, self.turn.found = asked.words, asked.found
        self.turn.completed = asked.is_completed(self.thresholds.aside)
        return asked.found

    def _weighed(self, alone: Found, is_new: bool) -> Weighed | None:
        """The variant that the words mean, and whether they name another thing; None where they
        stand alone in any case."""
        code = self._codes(self.topics[0])[0]
        varied = Varied(
            self.meant, self._about(), code, alone, self._corrects(), self._says("takes_back")
        )
        varying = Varying(varied, self.finder, self.families, self.thresholds.change)
        least = max(self.thresholds.standalone, self.thresholds.elsewhere)
        if is_new and not self._says("supposes") and varying.is_apart(least):
            return None
        return Weighed(varying, self.turn.language == "en", self.finder)

    def _names_another(self) -> bool:
        """Whether words that say little one by one name a thing together: 'kết hôn', 'sổ đỏ'."""
        hits = self.finder.find(searchable(without_joints(self.meant))).hits
        if not hits or hits[0].similarity < self.thresholds.standalone:
            return False
        pairs = set(word_pairs(self.content)) & set(word_pairs(folded_words(hits[0].name)))
        named = bool(pairs) or hits[0].similarity >= self.thresholds.correction
        return named and hits[0].code not in self.families.of(self._codes(self.topics[0])[0])

    def _says_what_is_done(self) -> bool:
        """Whether the words say what is to be done, while a question back is open or otherwise
        than was."""
        acts = differences_said(self.meant).get(ACT, frozenset())
        done = differences_of(self._topic_name()).get(ACT, frozenset())
        return bool(acts) and (_is_open(self.topics[0]) or not acts & done)

    def _topic_name(self) -> str:
        return self._name(self._codes(self.topics[0])[0])

    def _name(self, code: str) -> str:
        title = self.families.titles().get(code)
        return title.name if title else ""

    def _is_two(self, alone: Found) -> bool:
        return bool(two_in_one(self.turn.text, alone, self.finder, self.thresholds.two))

    def _new_words(self) -> list[str]:
        """The words that say something of their own and were not said of the topic before."""
        said = set(content_of(self._about()))
        new = [word for word in self.content if word not in said]
        return [word for word in new if word.isdigit() or not is_weak([word])]

    def _asks(self) -> bool:
        return bool(facets_of(self.turn.text))

    def _corrects(self) -> bool:
        return any(self._says(how) for how in ("takes_back", "supposes", "correction"))

    def _says(self, how: str) -> bool:
        return says("follow.yaml", how, self.plain)

    def _differs(self) -> bool:
        """Whether the words say something else than the title of the topic does, or speak of a
        foreigner whom nobody spoke of before."""
        return says_otherwise(self.meant, self._about(), self._topic_name())

    def _is_rewritten(self, bar: float) -> bool:
        """Settled by the whole question that a language model made, if that stands alone."""
        said = [said.text for said in reversed(self.turn.past)]
        whole = self.rewrite(said, self.turn.text) if self.rewrite else None
        hits = self.finder.find(searchable(whole)).hits if whole else ()
        if not hits or hits[0].similarity < bar:
            return False
        self._settle(f"mô hình ngôn ngữ viết lại: {whole}", hits[0].code)
        return True

    def _weigh(self, weighed: Weighed, new: Sequence[str]) -> Answer | None:
        """Keep the procedure, change its variant, ask which variant, or leave the turn to stand
        alone."""
        varied = weighed.varied
        if not new and not weighed.is_told:
            self._keep("hầu như chỉ hỏi khía cạnh: giữ thủ tục đang nói")
            return None
        bar = self._bar(weighed)
        if varied.alone.hits[0].similarity >= bar or self._is_rewritten(min(bar, 1.0)):
            return None
        if varied.takes_back and weighed.best.rivals and not weighed.is_told:
            return self._asked_back(weighed.best)
        if varied.corrects or varied.is_marked or weighed.is_told:
            self._settle("lời mới không đứng riêng: xét cùng thủ tục đang nói", weighed.best.code)
        elif self._asks() and len(new) < _FEW:
            self._settle("hỏi khía cạnh khác của thủ tục đang nói", varied.topic)
        elif acts_said(self.content) or weighed.is_own:
            self._settle("lời mới không đứng riêng: xét cùng thủ tục đang nói", weighed.best.code)
        return None

    def _asked_back(self, best: Variant) -> Answer | None:
        """Which variant is meant by words that take the one before back and name none."""
        self.turn.because("lời đính chính chưa rõ là thủ tục nào gần đó")
        titles, codes = self.families.titles(), (best.code, *best.rivals)[:MOST_WAYS]
        known = [Hit(code, titles[code].name, titles[code].field, 0, 0) for code in codes]
        return asked_among(self.turn, known)

    def _names_a_thing(self, topic: str) -> bool:
        """Whether anything is named but differences and what is to be done."""
        rest = content_of(without_differences(self.meant, self._name(topic)))
        return not is_weak([word for word in rest if word not in step_words()])

    def _bar(self, weighed: Weighed) -> float:
        """From how near on the new words are a topic of their own."""
        varied, own = weighed.varied, weighed.is_own
        if weighed.does_otherwise:
            return self.thresholds.elsewhere
        if weighed.is_told and (weighed.best.holds_all or not self._names_a_thing(varied.topic)):
            return _NEVER
        if weighed.means_variant or (own and (varied.takes_back or varied.is_marked)):
            return _NEVER
        if varied.takes_back or varied.is_marked or self._says("supposes"):
            elsewhere = weighed.names_another and weighed.best.code == varied.topic
            return self.thresholds.standalone if elsewhere else self.thresholds.correction
        joined = without_joints(self.meant) != self.meant and weighed.names_another
        nearest = varied.alone.hits[0].name
        if joined or does_instead(self.meant, nearest, self._topic_name()):
            return self.thresholds.elsewhere
        leans = own or varied.corrects or not weighed.names_another
        leans = leans or (self._asks() and not is_named(varied))
        return self.thresholds.standalone if leans else self.thresholds.elsewhere

    def _about(self) -> str:
        """The last words that named the topic."""
        codes = self.topics[0].codes
        named = (said.text for said in self.topics if said.codes == codes)
        return next((text for text in named if content_of(text)), self.topics[0].text)

    def _settle(self, reason: str, *codes: str) -> None:
        self.turn.because(reason)
        self.turn.codes = codes
        self.turn.facets = facets_of(self.turn.text) or _facets_before(self.turn)

    def _rank(self, text: str) -> Sequence[str]:
        return [hit.code for hit in self.finder.find(text).hits]


def _is_open(said: Said) -> bool:
    """Whether a question back still waits for its answer."""
    return said.status is Status.NEEDS_CHOICE and bool(said.options)


def _facets_before(turn: Turn) -> tuple[Facet, ...]:
    """What the last answer told; a correction asks the same of another variant."""
    told = (said.facets for said in turn.past if said.facets)
    return next(told, turn.facets)
