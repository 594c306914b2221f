"""Whether two readings of a name or a number are one, are two, or cannot be told apart.

Marks, order and a slip of recognition are no difference: a slip makes of a syllable something that
no Vietnamese word is. Two sound syllables that differ are two names, however alike they look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from assistant.dossier.likeness import edits
from knowledge.text import folded

SURE = 0.6  # below, a word is not held against another
_CLEAR = 0.8  # from here on, one letter that differs was read as it stands
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:a(?:ch?|i|m|nh?|ng|o|p|t|u|y)?|e(?:ch?|m|nh?|ng|o|p|t|u)?"
    r"|i(?:a|ch?|e(?:c|m|ng?|p|t|u)|m|nh?|ng|p|t|u)?"
    r"|o(?:a(?:ch?|i|m|nh?|ng|o|p|t|y)?|c|e(?:n|o|t)?|i|m|ng?|p|t)?"
    r"|u(?:a(?:ng?|t|y)?|c|e(?:ch|nh)?|i|m|ng?|o(?:c|i|m|ng?|p|t|u)?|p|t|u"
    r"|y(?:a|ch|en|et|nh?|t|u)?)?|y(?:em|en|et|eu|nh)?)"
)


class Agreement(StrEnum):
    """What two readings of one thing say together."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


def is_syllable(word: str) -> bool:
    """Whether folded letters can be a Vietnamese syllable."""
    return bool(_SYLLABLE.fullmatch(word))


def names_agree(
    one: str, other: str, ours: Sequence[float] = (), theirs: Sequence[float] = ()
) -> Agreement:
    """Whether two readings are one name; `ours` and `theirs` are their words' confidences."""
    first, second = _words(one, ours), _words(other, theirs)
    if "".join(word for word, _ in first) == "".join(word for word, _ in second):
        return Agreement.SAME
    left, right = _without(first, second), _without(second, first)
    if not left and not right:
        return Agreement.SAME
    if not left or not right:
        # A word more or less is as often a lost or stray one as another name.
        return Agreement.UNSURE
    if len(left) != len(right):
        return _of_unlike_length(left, right)
    return _worst({_words_agree(a, b) for a, b in _paired(left, right)})


_Word = tuple[str, float]


def _words(name: str, sure: Sequence[float]) -> list[_Word]:
    words = folded(name).split()
    each = sure if len(sure) == len(words) else [min(sure, default=1.0)] * len(words)
    return list(zip(words, each, strict=True))


def _without(words: Sequence[_Word], others: Sequence[_Word]) -> list[_Word]:
    """Words that the other reading lacks, as often as it lacks them."""
    rest = [word for word, _ in others]
    left = []
    for word in words:
        if word[0] in rest:
            rest.remove(word[0])
        else:
            left.append(word)
    return left


def _of_unlike_length(left: Sequence[_Word], right: Sequence[_Word]) -> Agreement:
    if edits("".join(w for w, _ in left), "".join(w for w, _ in right)) <= 1:
        return Agreement.SAME
    clear = all(is_syllable(word) and sure >= _CLEAR for word, sure in (*left, *right))
    return Agreement.DIFFERENT if clear else Agreement.UNSURE


def _paired(left: Sequence[_Word], right: Sequence[_Word]) -> Iterator[tuple[_Word, _Word]]:
    """Each word with the one that is most like it."""
    rest = list(right)
    for word in left:
        other = min(rest, key=lambda candidate: edits(word[0], candidate[0]))
        rest.remove(other)
        yield word, other


def _words_agree(one: _Word, other: _Word) -> Agreement:
    apart, sure = edits(one[0], other[0]), min(one[1], other[1])
    sound = is_syllable(one[0]) and is_syllable(other[0])
    if apart <= 1 and not sound:
        return Agreement.SAME
    if not sound and apart * 2 <= max(len(one[0]), len(other[0])):
        return Agreement.UNSURE
    return Agreement.DIFFERENT if sure >= (_CLEAR if apart <= 1 else SURE) else Agreement.UNSURE


def _worst(found: Collection[Agreement]) -> Agreement:
    order = (Agreement.DIFFERENT, Agreement.UNSURE, Agreement.SAME)
    return next(agreement for agreement in order if agreement in found)


# How certain a reading must be, by how many digits differ: recognition mistakes one or two of
# twelve, seldom three, and never half of them.
_LEAST_SURE = {1: 0.9, 2: 0.85, 3: 0.75, 4: 0.4}


def numbers_agree(one: str, other: str, sure: float = 1.0) -> Agreement:
    """Whether two identity numbers are one; an old one of 9 digits tells nothing of one of 12."""
    if one == other:
        return Agreement.SAME
    if len(one) != len(other) or not (one + other).isdigit():
        return Agreement.UNSURE
    apart = sum(a != b for a, b in zip(one, other, strict=True))
    return Agreement.DIFFERENT if sure >= _LEAST_SURE.get(apart, 0) else Agreement.UNSURE
