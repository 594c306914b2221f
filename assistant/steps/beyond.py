"""Beyond: whether new words name another thing than the topic that is spoken of.

What is to be done, what variants differ by, facets and the words of the topic fit whatever is
spoken of. 'Chìm mất rồi, giờ xóa đăng ký' says nothing else; 'giờ mất sổ đỏ' names a thing.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from assistant.steps.aspects import is_asked
from assistant.steps.content import content_of, content_written, is_weak, says_step
from assistant.steps.differ import (
    ACT,
    BODY,
    differences_of,
    differences_said,
    without_differences,
)
from assistant.steps.titles import thing_words, title_words, without_acts
from assistant.steps.vary import Variant, Varied, Varying
from knowledge.finder import Finder
from knowledge.search import Hit
from knowledge.text import folded, folded_words

# From which cosine on what is left of the words names a thing: in Vietnamese the words of the
# title tell before, in English only this does.
_NAMES, _NAMES_IN_ENGLISH = 0.75, 0.55


@dataclass(frozen=True)
class Topic:
    """What is spoken of: its title, the words that named it, its variants, and the title of the
    one that new words mean, which is looked for where it decides."""

    title: str
    about: str
    family: AbstractSet[str]
    variant: Callable[[], str]


class Weighed:
    """The variant that new words mean, whether what they find alone is one too, and whether they
    name another thing; each is found out when it is asked for, as most turns need none of them."""

    def __init__(self, varying: Varying, english: bool, finder: Finder) -> None:
        self._varying, self._english, self._finder = varying, english, finder
        self.varied: Varied = varying.varied
        self.is_own = self.varied.alone.hits[0].code in varying.family

    @property
    def best(self) -> Variant:
        """The variant that old and new words mean together."""
        return self._varying.best

    @property
    def is_told(self) -> bool:
        """Whether the words name what sets that variant apart."""
        return self._varying.is_told

    @cached_property
    def names_another(self) -> bool:
        """Whether the words name another thing than the topic and that variant."""
        nearest = self.varied.alone.hits[0]
        return names_another(self.varied.text, self._english, nearest, self._topic, self._finder)

    @property
    def does_otherwise(self) -> bool:
        """Whether what the words find alone does what they say, and that variant does not."""
        nearest = self.varied.alone.hits[0].name
        return does_otherwise(self.varied.text, self._varying.best_title, nearest)

    @property
    def _topic(self) -> Topic:
        varying = self._varying
        return Topic(varying.topic, self.varied.about, varying.family, varying.best_title)

    @property
    def nearness(self) -> float:
        """How near the nearest of what the words find alone is; a cosine."""
        return self.varied.alone.hits[0].similarity

    @property
    def means_variant(self) -> bool:
        """Whether a variant is named and nothing else; by what the words find alone as well."""
        if not self.is_told:
            return False
        agree = self.is_own and self.best.code == self.varied.alone.hits[0].code
        return agree or not self.names_another


def names_another(text: str, english: bool, nearest: Hit, topic: Topic, finder: Finder) -> bool:
    """Whether the words name what `nearest` is about, or any other thing than the topic."""
    if _names_whom(text, nearest, topic):
        return True
    words = beyond(text, topic)
    things = thing_words(nearest.name) - title_words(topic.title)
    named = {folded(word) for word in words if not says_step(word)} & things
    telling = {word for word in named if not is_weak([word])}
    if telling and telling - title_words(topic.variant()):
        return True
    hits = finder.find(" ".join(words)).hits if words else ()
    bar = _NAMES_IN_ENGLISH if english else _NAMES
    return bool(hits) and hits[0].similarity >= bar and hits[0].code not in topic.family


def does_otherwise(text: str, variant: Callable[[], str], nearest: str) -> bool:
    """Whether the title of the variant found does otherwise than was said, and that of what the
    words find alone does so: 'tiệm của vợ nghỉ bán, chấm dứt hộ kinh doanh' begins no business."""
    acts = differences_said(text).get(ACT, frozenset())
    if not acts & differences_of(nearest).get(ACT, frozenset()):
        return False
    does = differences_of(variant()).get(ACT, frozenset())
    return bool(does) and not acts & does


def does_instead(text: str, title: str, topic: str) -> bool:
    """Whether a title does what the words say and the topic does not."""
    acts = differences_said(text).get(ACT, frozenset())
    does, before = (differences_of(name).get(ACT, frozenset()) for name in (title, topic))
    return bool(acts & does) and not acts & before and not is_asked(text)


def _names_whom(text: str, nearest: Hit, topic: Topic) -> bool:
    """Whether the words name a sort of body that `nearest` is about and nothing of the topic is: a
    company is no driving licence."""
    said, bears = differences_said(text).get(BODY), differences_of(nearest.name).get(BODY)
    if not (said and bears and said & bears) or differences_of(topic.title).get(BODY):
        return False
    return not differences_of(topic.variant()).get(BODY)


def beyond(text: str, topic: Topic) -> list[str]:
    """The words as written, without those that fit whatever is spoken of."""
    said = set(content_of(topic.about)) | set(folded_words(topic.title))
    rest = set(content_of(without_acts(without_differences(text, topic.title)))) - said
    return [word for word in content_written(text) if folded(word) in rest]
