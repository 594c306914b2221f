"""Whether two readings of a name or a number are one, are two, or cannot be told apart.

Marks, order and a slip of recognition are no difference: a slip makes of a syllable something that
no Vietnamese word is. Two sound syllables that differ are two names, however alike they look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from assistant.dossier.likeness import edits
from assistant.dossier.name_words import is_name_word
from knowledge.text import folded

SURE = 0.6  # below, a word is not held against another
_CLEAR = 0.8  # from here on, one letter that differs was read as it stands
_HARDLY = 0.15  # a name's word with nothing of the other: however faint, no slip makes it
_BARELY = 0.35  # the same of letters that are nobody's name
_PLAIN_WORD = 3  # letters that differ from which two words have hardly anything in common
# Letters that hands write alike: "Vy" is read as "Vụ", "Tạ" as "Tự", "Thái" as "Thới".
_ALIKE = frozenset(map(frozenset, ("uy", "au", "ao", "aq", "nu", "gy")))
_SYLLABLE = re.compile(
    r"(?:ngh(?=[ei])|ng(?![eiy])|gh(?=[ei])|nh|ch|gi|kh|ph|qu|th|tr|k(?=[eiy])|c(?![eiy])|g(?![ey])"
    r"|[bdhlmnrstvx])?"
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
    read, against = _words(one, ours), _words(other, theirs)
    first, second = _parted(read, against), _parted(against, read)
    if "".join(word.letters for word in first) == "".join(word.letters for word in second):
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


class _Word(NamedTuple):
    letters: str
    sure: float
    sound: bool


def _words(name: str, sure: Sequence[float]) -> list[_Word]:
    written = name.split()
    each = sure if len(sure) == len(written) else [min(sure, default=1.0)] * len(written)
    capitals = sum(word[:1].isupper() for word in written) * 2 > len(written)
    parts = ((part, one) for word, one in zip(written, each, strict=True) for part in _parts(word))
    return [_word(part, one, capitals) for part, one in parts if folded(part)]


def _parts(word: str) -> list[str]:
    """'HuỳnhThị' as the two words that recognition joined."""
    cuts = [i for i in range(1, len(word)) if word[i - 1].islower() and word[i : i + 2].istitle()]
    edges = [0, *cuts, len(word)]
    return [word[start:end] for start, end in pairwise(edges)]


def _parted(words: Sequence[_Word], others: Sequence[_Word]) -> list[_Word]:
    """The words, with those parted that are a word of the other reading and one more in one."""
    return [part for word in words for part in _parted_word(word, others)]


def _parted_word(word: _Word, others: Sequence[_Word]) -> Sequence[_Word]:
    for other in () if word.sound else others:
        begins, ends = word.letters.startswith(other.letters), word.letters.endswith(other.letters)
        at = len(other.letters) if begins else len(word.letters) - len(other.letters)
        parts = [_Word(part, word.sure, True) for part in (word.letters[:at], word.letters[at:])]
        if (begins or ends) and all(is_syllable(part.letters) for part in parts):
            return parts
    return [word]


def _word(written: str, sure: float, capitals: bool) -> _Word:
    """A small letter where the name has capitals is a slip of recognition, however it sounds."""
    letters = folded(written)
    slipped = capitals and written[:1].islower()
    return _Word(letters, sure, is_syllable(letters) and not slipped)


def _without(words: Sequence[_Word], others: Sequence[_Word]) -> list[_Word]:
    """Words that the other reading lacks, as often as it lacks them."""
    rest = [word.letters for word in others]
    left = []
    for word in words:
        if word.letters in rest:
            rest.remove(word.letters)
        else:
            left.append(word)
    return left


def _of_unlike_length(left: Sequence[_Word], right: Sequence[_Word]) -> Agreement:
    if edits("".join(w.letters for w in left), "".join(w.letters for w in right)) <= 1:
        return Agreement.SAME
    clear = all(word.sound and word.sure >= _CLEAR for word in (*left, *right))
    fewer, more = sorted((left, right), key=len)
    foreign = any(all(_is_foreign(word, other) for other in more) for word in fewer)
    return Agreement.DIFFERENT if clear or foreign else Agreement.UNSURE


def _is_foreign(one: _Word, other: _Word) -> bool:
    """Whether a sound part of a name has nothing of another word."""
    sound = is_name_word(one.letters) and is_name_word(other.letters)
    return sound and _are_far(one, other) and min(one.sure, other.sure) >= _BARELY


def _paired(left: Sequence[_Word], right: Sequence[_Word]) -> Iterator[tuple[_Word, _Word]]:
    """Each word with the one that is most like it."""
    rest = list(right)
    for word in left:
        other = min(rest, key=lambda candidate: edits(word.letters, candidate.letters))
        rest.remove(other)
        yield word, other


def _words_agree(one: _Word, other: _Word) -> Agreement:
    apart, sure = edits(one.letters, other.letters), min(one.sure, other.sure)
    sound = one.sound and other.sound
    if apart <= 1 and not sound:
        return Agreement.SAME
    names = is_name_word(one.letters) and is_name_word(other.letters)
    if apart <= 1 and (not names or _look_alike(one.letters, other.letters)):
        # "Noàng" is a syllable and nobody's name: as likely a slip of "Hoàng" as a rare name.
        return Agreement.UNSURE
    if _are_far(one, other):
        return Agreement.DIFFERENT if sure >= (_HARDLY if names else _BARELY) else Agreement.UNSURE
    if not names and apart < _PLAIN_WORD:
        return Agreement.UNSURE
    if not sound and apart * 2 <= max(len(one.letters), len(other.letters)) + 1:
        return Agreement.UNSURE
    return Agreement.DIFFERENT if sure >= (_CLEAR if apart <= 1 else SURE) else Agreement.UNSURE


def _are_far(one: _Word, other: _Word) -> bool:
    """Whether two words, not single letters, have hardly a letter in common."""
    shortest, longest = sorted((len(one.letters), len(other.letters)))
    apart = edits(one.letters, other.letters)
    return shortest > 1 and apart >= _PLAIN_WORD and apart * 4 >= longest * 3


def _look_alike(one: str, other: str) -> bool:
    """Whether words differ in one letter that hands write like the other, or in a lost first."""
    if len(one) != len(other):
        return one[1:] == other or other[1:] == one
    return any(frozenset(pair) in _ALIKE for pair in zip(one, other, strict=True))


def _worst(found: Collection[Agreement]) -> Agreement:
    order = (Agreement.DIFFERENT, Agreement.UNSURE, Agreement.SAME)
    return next(agreement for agreement in order if agreement in found)


# How certain a reading must be, by how many digits differ: recognition mistakes one or two of
# twelve, seldom three, and never half of them.
_LEAST_SURE = {1: 0.955, 2: 0.85, 3: 0.75, 4: 0.4}
_STROKES = {"1", "7"}  # a hand whose 1 is read as 7 has all of them read so
NATIONAL = 12  # digits of an identity number
_READ = 8  # digits of a number that must be read where the others are letters
_PLAIN = 5  # edits that no loss of a digit and no slips explain
_MOVED = 2  # edits of one number that lost a digit and won another: all between them are moved


def numbers_agree(one: str, other: str, sure: float = 1.0) -> Agreement:
    """Whether two identity numbers are one; an old one of 9 digits tells nothing of one of 12.

    A number of 11 or 13 digits is one of 12 that was misread: it is never the same as another, and
    another only where more differs than recognition can have changed."""
    if one == other:
        return Agreement.SAME
    if not (one + other).isdigit():
        return _partly_agree(one, other)
    misread = sum(abs(len(number) - NATIONAL) == 1 for number in (one, other))
    if misread:
        national = all(abs(len(number) - NATIONAL) <= 1 for number in (one, other))
        plain = national and edits(one, other) >= _PLAIN - 1 + misread
        return Agreement.DIFFERENT if plain else Agreement.UNSURE
    if len(one) != len(other):
        return Agreement.UNSURE
    return _digits_agree(one, other, sure)


def _partly_agree(one: str, other: str) -> Agreement:
    """Numbers of which some digits were read as letters: they differ where most of the digits of
    both were read and too many of them are others."""
    one, other = _with_naught(one), _with_naught(other)
    pairs = list(zip(one, other, strict=False))
    read = [(a, b) for a, b in pairs if a.isdigit() and b.isdigit()]
    apart = sum(a != b for a, b in read[1:])
    whole = len(one) == len(other) == NATIONAL and len(read) >= _READ
    plain = apart >= _PLAIN - 1 and edits(one, other) >= _PLAIN - 1
    return Agreement.DIFFERENT if whole and plain else Agreement.UNSURE


def _with_naught(number: str) -> str:
    """A national number with the first digit of all of them, where it was swallowed."""
    return f"0{number}" if len(number) == NATIONAL - 1 else number


def _digits_agree(one: str, other: str, sure: float) -> Agreement:
    apart = [{a, b} for a, b in zip(one, other, strict=True) if a != b]
    told = [pair for pair in apart if pair != _STROKES]
    moved = len(apart) > _MOVED >= edits(one, other)
    if moved or (not told and len(apart) > 1):
        return Agreement.UNSURE
    clear = sure >= _LEAST_SURE.get(len(told or apart), 0)
    return Agreement.DIFFERENT if clear else Agreement.UNSURE
