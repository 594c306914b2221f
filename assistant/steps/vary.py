"""Vary: which variant of the procedure spoken of a correction means.

Search scores of the new words alone and after the old ones, and how well each title of the family
fits what was said of its differences: a foreigner, a level, an age, first issue or exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.steps.content import content_of, is_weak, step_words
from assistant.steps.differ import (
    ACT,
    AGE,
    MARK,
    PAUSE,
    SURE_MARKS,
    Differences,
    differences_of,
    differences_said,
    differs,
    without_kinds,
)
from assistant.steps.family import Families
from assistant.steps.heads import ways_said
from assistant.steps.patterns import patterns_in
from assistant.steps.titles import held_in, thing_words, title_words
from knowledge.ages import fits_age
from knowledge.finder import Finder, Title
from knowledge.search import Found, Hit
from knowledge.text import composed, folded, folded_words, has_marks, word_pairs

_NAMED = 0.6  # a cosine from which on a title is named by the new words
_NEAREST = 5  # hits
_ALONE = 0.5  # how much the new words count without the old ones
_SAID = 0.5  # a difference that was said
_KEPT = 0.12  # a difference that was not, and is as the topic's
_KEPT_ACT = 0.3
_WORDS = 0.5  # words of its own that were said
_WAY = 0.5  # words by which people name it in a choice
_LIKE = 0.4
_CLOSE = 0.25  # of the sum of all these
_FOREIGN = frozenset(["foreign"])
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
        return is_foreign(self.text, self.about)

    @property
    def replaces(self) -> bool:
        """Whether the new words stand instead of the old ones, not beside them."""
        return self.takes_back and not self.is_marked


@dataclass(frozen=True)
class Variant:
    """The variant meant, whether the words name what sets it apart from the topic, whether its
    title holds all that is new in them, and what was about as likely, the likeliest first."""

    code: str
    is_told: bool
    holds_all: bool = False
    rivals: tuple[str, ...] = ()


class Varying:
    """The members of one family, held against what was said; searched for when it is asked."""

    def __init__(self, varied: Varied, finder: Finder, families: Families, change: float) -> None:
        self.varied, self.change, self.finder = varied, change, finder
        self.meant = varied.text
        self.said = differences_said(self.meant)
        self.words = frozenset(content_of(self.meant))
        self.titles: Mapping[str, Title] = families.titles()
        self.family = families.of(varied.topic)
        self.topic = self.titles[varied.topic].name if varied.topic in self.titles else ""
        self.pairs = frozenset(word_pairs(folded_words(self.meant)))
        self.ways = ways_said(self.words, varied.topic)

    @cached_property
    def is_told(self) -> bool:
        """Whether the new words name what sets a variant apart from the topic; looked at in the
        titles first, which most words tell no variant of."""
        return (self.varied.replaces or self._tells_more) and self.best.is_told

    @cached_property
    def _tells_more(self) -> bool:
        usual = self._told(self.varied.topic)
        return any(self._told(code) > usual for code in self.family)

    @cached_property
    def together(self) -> Mapping[str, float]:
        """What the new words after the old ones find."""
        found = _scores(self.finder, f"{self.varied.about}. {self.meant}")
        if self.varied.replaces and (about := self._about()) != self.varied.about:
            replaced = _scores(self.finder, f"{about}. {self.meant}")
            return {**found, **replaced, **_higher(found, replaced)}
        return found

    @cached_property
    def alone(self) -> Mapping[str, float]:
        """What the new words find by themselves."""
        return _scores(self.finder, self.meant)

    def is_apart(self, least: float) -> bool:
        """Whether the new words are a topic of their own whatever the old ones add, which
        then is not searched for: near enough, taking nothing back, and telling no variant."""
        varied = self.varied
        if varied.alone.hits[0].similarity < least or varied.takes_back or varied.is_marked:
            return False
        return not self._tells_more

    def _about(self) -> str:
        """The old words without those of a kind that new words replace: of 'giấy đăng ký hộ kinh
        doanh bị mất' all but the household, when 'công ty' was said instead."""
        kinds = (self.said.keys() & differences_of(self.topic).keys()) - {ACT, MARK, AGE}
        return without_kinds(self.varied.about, kinds) if kinds else self.varied.about

    @cached_property
    def best(self) -> Variant:
        """The variant that old and new words mean together; the topic at a tie."""
        topic, among = self.varied.topic, self.family | self._replaced()
        if among == {topic}:
            return Variant(topic, is_told=False)  # nothing need be searched for
        scores = {code: self._score(code) for code in sorted(among)}
        best = max(scores, key=scores.__getitem__, default=topic)
        told = best != topic and self._told(best) > self._told(topic)
        ranked = sorted(scores, key=scores.__getitem__, reverse=True)
        rivals = (code for code in ranked if code != best and scores[best] - scores[code] < _CLOSE)
        return Variant(best, told, told and self._holds_all(best), tuple(rivals))

    def best_title(self) -> str:
        """The title of the best."""
        return self._title(self.best.code)

    def _holds_all(self, code: str) -> bool:
        new = {word for word in self.words if not is_weak([word])} - title_words(self.topic)
        return len(new) > 1 and new <= title_words(self._title(code))

    def _replaced(self) -> frozenset[str]:
        """What new words that stand instead of the old ones name: by themselves, or with what was
        to be done before."""
        if not self.varied.replaces:
            return frozenset()
        acts = differences_of(self.topic).get(ACT, frozenset())
        done = [c for c in self.together if self._does(c, acts) and self._bears_all(c)]
        near = [hit.code for hit in self.varied.alone.hits if self._is_named(hit)]
        return frozenset([*near[:_NEAREST], *done[:_NEAREST]])

    def _does(self, code: str, acts: AbstractSet[str]) -> bool:
        done = differences_of(self._title(code)).get(ACT, frozenset())
        return bool(done & acts) or done == acts

    def _bears_all(self, code: str) -> bool:
        """Whether a title bears what was said, and no other value of any kind; where no kind was
        named, some of the words."""
        kinds = self.said.keys() - {ACT, MARK, PAUSE}
        fits = [_fit(kind, self.said[kind], self._title(code)) for kind in kinds]
        if fits:
            return min(fits) >= 0 and max(fits) > 0
        told = {word for word in self.words - step_words() if not is_weak([word])}
        return bool(told & title_words(self._title(code)))

    def _is_named(self, hit: Hit) -> bool:
        """Whether the new words name a procedure beyond the family by themselves."""
        return hit.similarity >= _NAMED and bool(_pairs_of(hit.name) & self.pairs)

    def _score(self, code: str) -> float:
        varied, title = self.varied, self._title(code)
        score = self.together.get(code, 0.0) + self._told(code)
        score += (1.0 if varied.replaces else _ALONE) * self._alone(code)
        score += _kept(title, self.topic, self.said)
        if not varied.replaces:
            score += _LIKE * held_in(self.topic, title)
        if varied.corrects and code == varied.topic:
            score -= self.change * (_TAKEN_BACK if varied.takes_back else 1.0)
        return score

    def _alone(self, code: str) -> float:
        found = self.alone.get(code)
        return min(self.alone.values(), default=0.0) if found is None else found

    def _told(self, code: str) -> float:
        """How well what was said fits a title."""
        title = self._title(code)
        fit = sum(_fit(kind, values, title) for kind, values in self.said.items())
        return _SAID * fit + _WORDS * self._own_words(title) + _WAY * self.ways.get(code, 0.0)

    def _own_words(self, title: str) -> float:
        """Pairs of words that the title has, the topic's has not, and that were said; all the
        words of its thing count as two."""
        own = _pairs_of(title) - _pairs_of(self.topic)
        whole, beyond = thing_words(title), thing_words(title) - thing_words(self.topic)
        things = whole if beyond and len(whole) > 1 and whole <= self.words else beyond
        if len(things) > 1 and things <= self.words:
            return 1.0
        return min(len(own & self.pairs), 2) / 2

    def _title(self, code: str) -> str:
        return self.titles[code].name if code in self.titles else ""


@lru_cache(maxsize=20_000)
def _pairs_of(title: str) -> frozenset[str]:
    return frozenset(word_pairs(folded_words(title)))


def _scores(finder: Finder, text: str) -> Mapping[str, float]:
    """Of more than the hits: variants stand far behind when the new words are few."""
    return finder.find(text).scores


def _higher(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {code: max(one[code], other[code]) for code in one.keys() & other.keys()}


def _fit(kind: str, said: AbstractSet[str], title: str) -> float:
    """1 for a title that bears what was said, -1 for one that bears something else; who is too old
    for a title is told of another."""
    if kind == AGE:
        fits = fits_age(title, int(next(iter(said))))
        return 0.0 if fits is None else 1.0 if fits else -2.0
    bears = differences_of(title).get(kind, frozenset())
    if kind == MARK:
        said = said & SURE_MARKS
        return float(len(said & bears)) - len(said - bears)
    return 0.0 if not bears else 1.0 if bears & said else -1.0


def _kept(title: str, topic: str, said: Differences) -> float:
    """What was not spoken of should be as it was."""
    ours, theirs = differences_of(topic), differences_of(title)
    kinds = (ours.keys() | theirs.keys()) - said.keys() - {MARK}
    kept = sum(_worth(kind) * _agree(ours.get(kind), theirs.get(kind)) for kind in sorted(kinds))
    unsaid = ours.get(MARK, frozenset()) ^ theirs.get(MARK, frozenset())
    return kept - _KEPT * len(unsaid - said.get(MARK, frozenset()))


def _worth(kind: str) -> float:
    return _KEPT_ACT if kind == ACT else _KEPT


def _agree(ours: AbstractSet[str] | None, theirs: AbstractSet[str] | None) -> int:
    return 1 if ours and theirs and ours & theirs else -1


def without_ruled_out(text: str) -> str:
    """The text without what it rules out: of 'không phải đổi, bị mất' the second half."""
    return _without(text, folded(text), "ruled_out")


def without_joints(text: str) -> str:
    """The text without the words by which it joins what was said: of 'thế còn hộ chiếu thì sao'
    the passport."""
    if has_marks(text):
        rest = _without(text, composed(text).lower(), "joints_marked")
    else:
        rest = _without(text, folded(text), "joints_plain")
    return text if rest == text else rest.strip(" ,.?!")


def _without(text: str, plain: str, name: str) -> str:
    pattern = patterns_in("follow.yaml", plain).get(name)
    if len(plain) != len(text) or pattern is None or not pattern.search(plain):
        return text  # a letter without its mark stands where the letter stood
    kept, start = [], 0
    for match in pattern.finditer(plain):
        kept.append(text[start : match.start()])
        start = match.end()
    rest = " ".join(" ".join([*kept, text[start:]]).split())
    return rest if content_of(rest) else text


def is_named(varied: Varied) -> bool:
    """Whether the new words hold a pair of words of the title that they find alone."""
    said = frozenset(word_pairs(folded_words(varied.text)))
    return bool(said & _pairs_of(varied.alone.hits[0].name))


def is_foreign(text: str, about: str) -> bool:
    """Whether a foreigner or a place abroad is spoken of that was not before."""
    return _foreign_said(text) and not _foreign_said(about)


def says_otherwise(text: str, about: str, title: str) -> bool:
    """Whether a text says something else than the title of the topic does, or speaks of a foreigner
    whom nobody spoke of before."""
    return differs(text, title) or is_foreign(text, about)


def _foreign_said(text: str) -> bool:
    return "foreign" in differences_said(text).get(MARK, ())
