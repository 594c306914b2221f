"""Which option a person means who answers in words: a number, the label, or what sets it apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.models import Option
from assistant.steps.content import content_of
from assistant.steps.differ import ACT, AGE, MARK, differences_said
from assistant.steps.titles import acts_of
from assistant.steps.vary import without_ruled_out
from knowledge.ages import fits_age
from knowledge.choices import Choice, read_choices
from knowledge.text import folded, folded_words

_ORDER = (
    ("1", "mot", "nhat", "dau tien", "first", "one"),
    ("2", "hai", "nhi", "second", "two"),
    ("3", "ba", "third", "three"),
    ("4", "bon", "tu", "fourth", "four"),
    ("5", "nam", "fifth", "five"),
)
_LEAD = (
    r"(?:(?:toi|minh|em|e|chon|lay|lam|so|cau|cai|muc|viec|truong hop|phuong an|y|dap an|loai|"
    r"da|vang|uh|option|number|the|la|cho|i|want|choose|take) )*"
)
_TAIL = (
    r"(?: (?:nhe|nha|nhen|a|ah|ban|ad|di|ay|do|kia|nay|luon|thoi|voi|y|em|toi|one|please|option))*"
)
_LAST = re.compile(rf"{_LEAD}(?:cuoi(?: cung)?|sau cung|last){_TAIL}")
_NUMBERED = re.compile(
    rf"{_LEAD}(?:thu )?({'|'.join(word for words in _ORDER for word in words)}){_TAIL}"
)
_FIRST = 2  # places; an option found further down is not what was meant
_LONGEST = 16  # words; more than this is a question of its own
Rank = Callable[[str], Sequence[str]]


def picked(text: str, options: Sequence[Option], before: str, rank: Rank) -> Option | None:
    """The option meant by `text`, or None when it is no answer to the choice.

    `before` is the question that was asked back; `rank` gives the codes nearest to a text.
    """
    plain = " ".join(folded_words(text))
    if match := _NUMBERED.fullmatch(plain):
        number = next(i for i, words in enumerate(_ORDER) if match[1] in words)
        return options[number] if number < len(options) else None
    if _LAST.fullmatch(plain):
        return options[-1]
    if len(plain.split()) > _LONGEST:
        return None
    text = without_ruled_out(text)
    plain = " ".join(folded_words(text))
    sayings = _sayings_of(options)
    return (
        _exactly(plain, options, sayings)
        or _by_age(text, options)
        or _by_words(plain, options, sayings)
        or _by_act(text, options)
        or (None if _does_none(text, options) else _by_search(text, options, before, rank))
    )


Sayings = list[list[tuple[str, ...]]]


def _exactly(plain: str, options: Sequence[Option], sayings: Sayings) -> Option | None:
    """The one option whose label or saying was given word for word."""
    said = content_of(plain) or tuple(plain.split())
    fitting = [option for option, own in zip(options, sayings, strict=True) if said in own]
    return fitting[0] if len(fitting) == 1 else None


def _by_age(text: str, options: Sequence[Option]) -> Option | None:
    """The one option that is for somebody of the age that was said, when nothing else was."""
    said = differences_said(text)
    years = next(iter(said.get(AGE, ())), None)
    if years is None or said.keys() & {ACT, MARK}:
        return None
    fitting = [option for option in options if fits_age(option.label, int(years))]
    return fitting[0] if len(fitting) == 1 else None


def _by_act(text: str, options: Sequence[Option]) -> Option | None:
    """The one option that does what was said: 'mới' is the first issue, whatever it is called."""
    said = differences_said(text).get(ACT, frozenset())
    fitting = [option for option in options if said & acts_of(option.label)]
    return fitting[0] if len(fitting) == 1 else None


def _does_none(text: str, options: Sequence[Option]) -> bool:
    """Whether something else was said than any option does: who lost a paper is not to be told
    how to extend it."""
    said = differences_said(text).get(ACT, frozenset())
    acts = [acts_of(option.label) for option in options]
    return bool(said) and all(acts) and not any(said & act for act in acts)


def _by_words(plain: str, options: Sequence[Option], sayings: Sayings) -> Option | None:
    """The one option whose telling words were said."""
    spoken = set(plain.split())
    scores = []
    for own in sayings:
        others = {word for other in sayings if other is not own for said in other for word in said}
        scores.append(max((_worth(said, spoken, others) for said in own), default=0.0))
    best = max(scores, default=0.0)
    return options[scores.index(best)] if best > 0 and scores.count(best) == 1 else None


def _worth(said: tuple[str, ...], spoken: set[str], others: set[str]) -> float:
    """More for a whole saying, and for words that no other option has."""
    common = [word for word in said if word in spoken]
    telling = [word for word in common if word not in others]
    if not telling or len(common) * 2 < len(said):
        return 0.0
    return len(common) / len(said) + 0.1 * len(telling)


def _sayings_of(options: Sequence[Option]) -> Sayings:
    """For each option the words of its label and of what people say for it in this choice."""
    codes = {option.code for option in options}
    choices = [c for c in read_choices() if codes <= {way.code for way in c.ways}]
    return [
        [
            found
            for text in (option.label, *_said_of(option.code, choices))
            if (found := content_of(text) or tuple(folded_words(text)))
        ]
        for option in options
    ]


def _said_of(code: str, choices: Sequence[Choice]) -> list[str]:
    return [
        text
        for choice in choices
        for way in choice.ways
        if way.code == code
        for text in (*way.said, way.english)
    ]


def _by_search(text: str, options: Sequence[Option], before: str, rank: Rank) -> Option | None:
    """The option found first by both texts together, when the new words alone do not lead away."""
    codes = [option.code for option in options]
    if not any(code in codes for code in rank(text)[:5]):
        return None
    fitting = {option.code for option in _saying_most(text, options)}
    together = rank(f"{before} {folded(text)}")
    first = next((code for code in together if code in fitting), None)
    return options[codes.index(first)] if first and first in together[:_FIRST] else None


def _saying_most(text: str, options: Sequence[Option]) -> Sequence[Option]:
    """The options whose labels hold most of the words."""
    spoken = set(content_of(text))
    held = [len(spoken & set(folded_words(option.label))) for option in options]
    return [option for option, count in zip(options, held, strict=True) if count == max(held)]
