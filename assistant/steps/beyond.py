"""Beyond: whether new words name another thing than the topic that is spoken of.

What is to be done, what variants differ by, facets and the words of the topic fit whatever is
spoken of. 'Chìm mất rồi, giờ xóa đăng ký' says nothing else; 'giờ mất sổ đỏ' names a thing.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.steps.aspects import is_asked
from assistant.steps.content import content_of, content_written, is_weak, says_step
from assistant.steps.differ import (
    ACT,
    BODY,
    Differences,
    differences_of,
    differences_said,
    without_differences,
)
from assistant.steps.titles import thing_words, title_words, without_acts
from assistant.steps.vary import Variant, Varied
from knowledge.finder import Finder
from knowledge.search import Hit
from knowledge.text import folded, folded_words

# From which cosine on what is left of the words names a thing: in Vietnamese the words of the
# title tell before, in English only this does.
_NAMES, _NAMES_IN_ENGLISH = 0.75, 0.55


@dataclass(frozen=True)
class Topic:
    """What is spoken of: its title, the words that named it, its variants, and the title of the
    one that new words mean."""

    title: str
    about: str
    family: AbstractSet[str]
    variant: str


@dataclass(frozen=True)
class Weighed:
    """The variant that new words mean, whether what they find alone is one too, and whether they
    name another thing."""

    varied: Varied
    best: Variant
    is_own: bool
    names_another: bool

    @property
    def nearness(self) -> float:
        """How near the nearest of what the words find alone is; a cosine."""
        return self.varied.alone.hits[0].similarity

    @property
    def means_variant(self) -> bool:
        """Whether a variant is named and nothing else; by what the words find alone as well."""
        agree = self.is_own and self.best.code == self.varied.alone.hits[0].code
        return self.best.is_told and (agree or not self.names_another)


def names_another(text: str, english: bool, nearest: Hit, topic: Topic, finder: Finder) -> bool:
    """Whether the words name what `nearest` is about, or any other thing than the topic."""
    if _names_whom(text, nearest, topic):
        return True
    words = beyond(text, topic)
    things = thing_words(nearest.name)
    things -= title_words(topic.title) | title_words(topic.variant)
    named = (folded(word) for word in words if not says_step(word))
    if any(word in things for word in named if not is_weak([word])):
        return True
    hits = finder.find(" ".join(words)).hits if words else ()
    bar = _NAMES_IN_ENGLISH if english else _NAMES
    return bool(hits) and hits[0].similarity >= bar and hits[0].code not in topic.family


def does_otherwise(text: str, variant: str, nearest: str) -> bool:
    """Whether the title of the variant found does otherwise than was said, and that of what the
    words find alone does so: 'tiệm của vợ nghỉ bán, chấm dứt hộ kinh doanh' begins no business."""
    acts = differences_said(text).get(ACT, frozenset())
    does, alone = (differences_of(name).get(ACT, frozenset()) for name in (variant, nearest))
    return bool(acts & alone) and bool(does) and not acts & does


def does_instead(text: str, title: str, topic: str) -> bool:
    """Whether a title does what the words say and the topic does not."""
    acts = differences_said(text).get(ACT, frozenset())
    does, before = (differences_of(name).get(ACT, frozenset()) for name in (title, topic))
    return bool(acts & does) and not acts & before and not is_asked(text)


def _names_whom(text: str, nearest: Hit, topic: Topic) -> bool:
    """Whether the words name a sort of body that `nearest` is about and nothing of the topic is: a
    company is no driving licence."""
    said, bears = (differences.get(BODY) for differences in _two(text, nearest.name))
    ours = differences_of(topic.title).get(BODY) or differences_of(topic.variant).get(BODY)
    return bool(said and bears and said & bears and not ours)


def _two(text: str, name: str) -> tuple[Differences, Differences]:
    return differences_said(text), differences_of(name)


def beyond(text: str, topic: Topic) -> list[str]:
    """The words as written, without those that fit whatever is spoken of."""
    said = set(content_of(topic.about)) | set(folded_words(topic.title))
    rest = set(content_of(without_acts(without_differences(text, topic.title)))) - said
    return [word for word in content_written(text) if folded(word) in rest]
