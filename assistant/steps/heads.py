"""Known words for several everyday procedures (knowledge/choices.yaml), found in a question."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.steps.content import content_of, step_words
from assistant.steps.owned import is_owned, without_owner
from assistant.steps.titles import deed_words, is_same_deed, object_words
from knowledge.choices import Choice, read_choices
from knowledge.search import Hit
from knowledge.text import folded, folded_words

_UNSAID = frozenset(["thanh", "lap"])  # of titles that begin with another verb
_AS_PAPER = re.compile(r"\b(?:giay|to|tam)(?: chung nhan)? dang ky\b")
_GENERIC = frozenset(["lam", "xin", "cap", "dang", "ky", "thu", "tuc"])


@dataclass(frozen=True)
class HeadSaid:
    """A choice whose words were said: how many, how many stand beside them, whether those tell."""

    choice: Choice
    length: int
    rest: int
    tells: bool

    def ways_named(self, content: Sequence[str]) -> int:
        """How many ways have a word of their own in the question."""
        said = set(content) - _head_words(self.choice)
        return sum(bool(words & said) for words in _way_words(self.choice))


def head_alone(text: str) -> Choice | None:
    """The choice whose words a text says and no others; 'làm', 'xin' and whose it is do not count.
    A word that stands twice may be another one without its marks: 'cấp lại bằng lái' says more
    than 'bằng lái'."""
    content = content_of(without_owner(text))
    words = telling(content)
    if sum(word in words for word in content) > len(words):
        return None
    heads = _heads().get(min(words), ()) if words else ()
    known = sorted((choice for said, choice in heads if said == words), key=lambda one: one.id)
    return next((one for one in known if not one.owned or is_owned(text)), None)


def head_in(content: Sequence[str], near: AbstractSet[str]) -> HeadSaid | None:
    """The choice whose words are among these, the longest words first, with a way among `near`."""
    words = telling(content)
    for said, choice in _said_in(words):
        if near & {way.code for way in choice.ways} and not choice.owned:
            rest = words - said
            return HeadSaid(choice, len(said), len(rest), bool(rest & _tells(choice)))
    return None


def is_narrower(content: Sequence[str], choice: Choice, best: Hit) -> bool:
    """Whether words beside the head name what the first candidate is about: 'chứng chỉ hành nghề
    thú y' is not asked which profession's."""
    beside = telling(content) - _head_words(choice)
    return bool(beside & object_words(best.name))


def telling(words: Sequence[str]) -> frozenset[str]:
    """The words without those that fit any procedure."""
    return frozenset(words) - _GENERIC


def ways_said(words: AbstractSet[str], code: str) -> dict[str, float]:
    """How far each way of the choices in which `code` stands was named by words that no other way
    of the choice has: 1 for a whole saying."""
    named: dict[str, float] = {}
    for choice in _choices_with().get(code, ()):
        for way, worth in zip(choice.ways, _worths(choice, words), strict=True):
            named[way.code] = max(worth, named.get(way.code, 0.0))
    return named


@cache
def _choices_with() -> dict[str, list[Choice]]:
    """The choices in which each code stands."""
    found: dict[str, list[Choice]] = defaultdict(list)
    for choice in read_choices():
        for way in choice.ways:
            found[way.code].append(choice)
    return dict(found)


def _worths(choice: Choice, words: AbstractSet[str]) -> list[float]:
    own = _way_words(choice)
    alone = [
        ours.difference(*(theirs for theirs in own if theirs is not ours)) - _head_words(choice)
        for ours in own
    ]
    sayings = [
        [frozenset(content_of(text)) for text in (way.label, way.english, *way.said)]
        for way in choice.ways
    ]
    return [
        max(
            (len(said & words) / len(said) for said in told if said & words & telling_words),
            default=0.0,
        )
        for told, telling_words in zip(sayings, alone, strict=True)
    ]


def title_said(text: str, hits: Sequence[Hit]) -> bool:
    """Whether the whole title of the first candidate was said: that is meant, as it is. 'Đăng ký hộ
    kinh doanh' says the title with 'thành lập'. What two authorities do under one title is named by
    neither, and 'giấy đăng ký kết hôn' is a paper that much may be done with."""
    if not hits or _AS_PAPER.search(folded(text)):
        return False
    title = _whole_title(hits[0].name)
    said = set(folded_words(text))
    return bool(title) and title - _UNSAID <= said and not _does_another(said, hits)


@lru_cache(maxsize=20_000)
def _whole_title(name: str) -> frozenset[str]:
    return frozenset(folded_words(name.removeprefix("Thủ tục ")))


def _does_another(said: AbstractSet[str], hits: Sequence[Hit]) -> bool:
    """Whether a candidate behind the first one does what was said as well."""
    best, *rest = hits
    return any(is_same_deed(best.name, hit.name) and deed_words(hit.name) <= said for hit in rest)


def _said_in(words: frozenset[str]) -> list[tuple[frozenset[str], Choice]]:
    """The longest first; of those alike the first in the alphabet, whatever order a set has."""
    heads = [head for word in words for head in _heads().get(word, ())]
    said = [head for head in heads if head[0] <= words]
    return sorted(said, key=lambda head: (-len(head[0]), head[1].id, sorted(head[0])))


@cache
def _heads() -> dict[str, list[tuple[frozenset[str], Choice]]]:
    """All heads by one of their words: the first in the alphabet, which any question that says
    the head says too."""
    heads = {
        (telling(content_of(words)), choice.id): choice
        for choice in read_choices()
        for words in choice.said
    }
    by_word: dict[str, list[tuple[frozenset[str], Choice]]] = {}
    for (said, _), choice in heads.items():
        if said:
            by_word.setdefault(min(said), []).append((said, choice))
    return by_word


@cache
def _head_words(choice: Choice) -> frozenset[str]:
    return frozenset(word for said in choice.said for word in content_of(said))


@cache
def _way_words(choice: Choice) -> tuple[frozenset[str], ...]:
    """Words by which people name each way."""
    return tuple(
        frozenset(w for text in (way.label, way.english, *way.said) for w in content_of(text))
        for way in choice.ways
    )


@cache
def _tells(choice: Choice) -> frozenset[str]:
    """Words that tell the ways apart, and words that name a step of any procedure."""
    return frozenset().union(*_way_words(choice)) - _head_words(choice) | step_words()
