"""Two: two procedures in one message, each of which stands for itself.

A message is split at its conjunctions (two.yaml) and commas. What is left out of a part is taken
from the part before: 'đăng ký khai sinh và kết hôn' registers both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from assistant.steps.content import content_of, content_written, is_weak
from assistant.steps.differ import ACT, differences_said
from assistant.steps.left_out import said_to_do
from assistant.steps.patterns import patterns_in, patterns_of, says
from assistant.steps.titles import acts_said, thing_words, title_words
from assistant.steps.understand import facets_of, language_of
from knowledge.finder import Finder
from knowledge.search import Found, Hit
from knowledge.text import folded, folded_words, has_marks
from knowledge.twins import marks_of

_SENTENCES = re.compile(r"[.?!:\n]+(?:\s|$)")
_BOTH = re.compile(r"\b(?:vừa|vua)\b(.+?)\b(?:vừa|vua)\b(.+)", re.IGNORECASE)
_JOINING = ("marked", "plain", "english", "opening")
_SIGNS = re.compile(r"[,;&+]")
_MOST = 4  # parts of a sentence; a longer list is a story
_BRIEF = 6  # words; longer parts are none of a list, and must stand as well as those
_LEAST_WORDS, _MOST_WORDS = 2, 8  # of a part; more are a story
_HEAD = (2, 1)  # words of the part before by which a part that stands ill alone is begun
_LOSS = 0.02  # by which a part may stand worse than the whole message
_LISTED, _APART = 0.10, 0.05  # what a comma parts must stand better than what an 'and' does
_ALIKE, _ALIKE_BUT_MARKED = 0.75, 0.6  # of the words of two titles
_NEAR = 0.5  # how much the whole message counts in what a part names
_BEYOND_DOUBT = 0.75
_LOOKED_AT = 5  # hits
_TIE = 0.03  # of scores
# Words that name no thing, whichever of them stand together.
_NO_THING = frozenset(
    folded_words("làm cấp xin lại mới khác đổi gia hạn khai báo giấy tờ đăng ký chứng nhận bản")
)
_ALONE = 0.8  # a part that stands so well needs no head


@dataclass(frozen=True)
class Part:
    """What stands between two conjunctions; whether a mere comma parts it from the one before."""

    text: str
    listed: bool = False


def two_in_one(text: str, whole: Found, finder: Finder, least: float) -> tuple[str, ...]:
    """Codes of the two procedures that a message asks about, or nothing.

    Each part must stand for itself, better than within the whole message, and not be a twin of the
    other; a title that holds the words of both is one procedure.
    """
    if not whole.hits or whole.degraded:
        return ()
    for one, other in _pairs(text):
        found = _named_by(one, other, whole, finder, least)
        if found and not _twins(found, (one, other)) and not _is_one(whole, found, (one, other)):
            return found[0].code, found[1].code
    return ()


def _pairs(text: str) -> Iterator[tuple[Part, Part]]:
    for sentence in _SENTENCES.split(text):
        parts = parts_of(sentence)
        if len(parts) <= _MOST:
            yield from pairwise(parts)


def parts_of(sentence: str) -> list[Part]:
    """What stands on each side of an 'and' or a comma, without what only asks for a facet."""
    if both := _BOTH.search(sentence):
        return [Part(part) for part in both.groups() if content_of(part)]
    parts, start, listed = [], 0, False
    for match in (*_joints(sentence), None):
        part = sentence[start : match.start() if match else None]
        if content_of(part) and not _is_done_before(match, sentence):
            parts.append(Part(part, listed))
        if match:
            start, listed = match.end(), not match[0].strip(" ,;&+")
            listed = listed and not _is_opened(sentence)
    return parts


def _is_done_before(match: re.Match[str] | None, sentence: str) -> bool:
    """Whether the words after a part say that it is over and what follows from it: 'mua nhà xong
    muốn nhập khẩu'. 'Giải thể công ty xong mở hộ kinh doanh' asks for both."""
    if match is None or not folded(match[0]).strip(" ,").startswith("xong"):
        return False
    return _begins("follows", folded(sentence[match.end() :]))


def _is_opened(sentence: str) -> bool:
    """Whether a comma parts what 'ngoài' or 'bên cạnh' puts beside each other."""
    opening = patterns_of("two.yaml")["opening"]
    return bool(re.match(rf"\s*(?:{opening.pattern})\s", sentence, re.IGNORECASE))


def _joints(sentence: str) -> Iterable[re.Match[str]]:
    """What stands between the parts; most sentences have nothing that could."""
    said = patterns_in("two.yaml", sentence.lower()).keys()
    if said.isdisjoint(_JOINING) and not _SIGNS.search(sentence):
        return ()
    return _between(has_marks(sentence)).finditer(sentence)


@cache
def _between(marked: bool) -> re.Pattern[str]:
    """A conjunction with the comma before it, or a comma."""
    said = patterns_of("two.yaml")
    ands = "|".join((said["marked" if marked else "plain"].pattern, said["english"].pattern))
    opening = said["opening"].pattern
    return re.compile(rf"(?:\s*,)?\s*(?:{ands})\s+|\s*[,;&+]\s+|^(?:{opening})\s+", re.IGNORECASE)


def _named_by(
    one: Part, other: Part, whole: Found, finder: Finder, least: float
) -> tuple[Hit, Hit] | None:
    """What the two parts name; nothing where one stands ill."""
    near = {hit.code: hit.similarity for hit in whole.hits}
    listed = other.listed and not _same_act(one, other)
    long = _is_long(one.text) or _is_long(other.text)
    bar, apart = least + _LISTED * (listed or long), _APART if listed else -_LOSS
    if not _may_be_two(one, other):
        return None
    first = _named(one.text, "", near, finder)
    if first is None or not _stands(first, near, bar, apart):
        return None  # most messages: the second part need not be searched for
    second = _named(other.text, one.text, near, finder)
    if second is None or not _stands(second, near, bar, apart):
        return None
    return first, second


def _same_act(one: Part, other: Part) -> bool:
    """'Mất xe, mất sổ': the same happened to both; 'chứng thực di chúc, chứng thực chữ ký': both
    begin alike."""
    both = acts_said(content_of(one.text)) & acts_said(content_of(other.text))
    return bool(both) or _begin_alike(one, other)


def _begin_alike(one: Part, other: Part) -> bool:
    return content_of(one.text)[:2] == content_of(other.text)[:2]


def _stands(hit: Hit, near: Mapping[str, float], bar: float, apart: float) -> bool:
    return hit.similarity >= max(bar, near.get(hit.code, 0.0) + apart)


def _may_be_two(one: Part, other: Part) -> bool:
    """Whether two parts can name two things; known without a search. What follows a comma is a
    list only where it is brief and does not go on with a story."""
    long = _is_long(one.text) or _is_long(other.text)
    if other.listed and (_is_story(other.text) or (long and not _begin_alike(one, other))):
        return False
    return _may_name(one.text) and _may_name(other.text)


def _is_story(part: str) -> bool:
    return _begins("story", folded(part))


def _begins(how: str, plain: str) -> bool:
    pattern = patterns_in("two.yaml", plain).get(how)
    return pattern is not None and pattern.match(plain) is not None


def _is_long(part: str) -> bool:
    return len(content_of(part)) > _BRIEF


def _may_name(part: str) -> bool:
    """Whether a part can name anything at all; known without a search."""
    content = content_of(part)
    return 0 < len(content) <= _MOST_WORDS and not _is_told(part) and not _is_deed_alone(content)


def _is_deed_alone(content: Sequence[str]) -> bool:
    """Whether a part says only what is to be done, or only that there is a paper: 'mất thẻ, xin cấp
    lại' means the card that the part before named."""
    return _NO_THING.issuperset(content)


def _named(part: str, before: str, near: Mapping[str, float], finder: Finder) -> Hit | None:
    """What a part names, begun with the words of the part before where it stands ill without; of
    two such, rather what the whole message is near."""
    content = content_of(part)
    alone = _first(part, finder, near)
    if alike := _begun_alike(part, before, alone, finder):
        return alike
    if len(content) < _LEAST_WORDS or (alone and alone.similarity >= _ALONE):
        return alone
    if acts_said(content) or is_weak(content):
        return None if is_weak(content) else alone
    begun = (_first(f"{head} {part}", finder) for head in _heads(before))
    found = [hit for hit in (alone, *begun) if hit]
    return max(
        found, key=lambda hit: hit.similarity + _NEAR * near.get(hit.code, 0.0), default=None
    )


def _begun_alike(part: str, before: str, alone: Hit | None, finder: Finder) -> Hit | None:
    """What a part names to which the same is to be done as to the part before: of 'làm lại căn cước
    và bằng lái' the lost licence."""
    acts = differences_said(before).get(ACT, frozenset())
    if not before or ACT in differences_said(part) or _says_verb(part):
        return None
    acts = acts - {"change"} or acts  # 'đổi' is both
    done = said_to_do(acts - {"first"}, language_of(part) == "en")
    begun = _first(f"{done} {part}", finder) if done else None
    is_near = begun and (alone is None or begun.similarity >= alone.similarity - _APART)
    return begun if is_near else None


def _says_verb(part: str) -> bool:
    return says("two.yaml", "verbs", folded(part))


def _is_told(part: str) -> bool:
    """Whether a part tells what has happened: 'đã đăng ký rồi' asks for nothing."""
    return says("two.yaml", "told", folded(part))


def _heads(before: str) -> Iterator[str]:
    words = before.split()
    yield from (" ".join(words[:count]) for count in _HEAD if len(words) > count)


def _first(words: str, finder: Finder, near: Mapping[str, float] | None = None) -> Hit | None:
    """The best find, of few words also without those that ask for a facet; of what is about as
    near, rather what the whole message is near."""
    found = finder.find(words)
    if facets_of(words) and len(content_of(words)) <= _BRIEF:
        bare = finder.find(" ".join(content_written(words)))
        found = max(found, bare, key=lambda each: each.hits[0].similarity if each.hits else 0.0)
    hit = _rather(found.hits, near or {}) if found.hits else None
    return hit if hit and found.off_topic_similarity < hit.similarity + _APART else None


def _rather(hits: Sequence[Hit], near: Mapping[str, float]) -> Hit:
    """The first, unless another about as near is nearer to the whole message: beside a company
    that is dissolved, 'chấm dứt chi nhánh' is no bank's."""
    least = hits[0].score - _TIE
    alike = [hit for hit in hits[:_LOOKED_AT] if hit.score >= least]
    return max(alike, key=lambda hit: hit.similarity + near.get(hit.code, 0.0))


def _is_one(whole: Found, found: tuple[Hit, Hit], parts: tuple[Part, Part]) -> bool:
    """Whether the message as a whole names a third procedure: one whose title holds what both
    parts are known by, or any, unless both parts are named beyond doubt."""
    best, codes = whole.hits[0], {hit.code for hit in found}
    if best.code in codes:
        return False
    if all(words and set(folded_words(best.name)) >= words for words in _known_by(found, parts)):
        return True
    bar = _BEYOND_DOUBT + _APART * parts[1].listed
    if not parts[1].listed:
        bar = min(bar, best.similarity + _APART)
    near = codes <= {hit.code for hit in whole.hits}
    return not near or min(hit.similarity for hit in found) < bar


def _known_by(found: tuple[Hit, Hit], parts: tuple[Part, Part]) -> list[set[str]]:
    """The words of each part that stand in the title that it names."""
    return [
        set(content_of(part.text)) & set(folded_words(hit.name))
        for part, hit in zip(parts, found, strict=True)
    ]


def _twins(found: tuple[Hit, Hit], parts: tuple[Part, Part]) -> bool:
    """One procedure, or variants of one thing: titles much alike, unless each part says a word
    that only its own title has."""
    one, other = found
    ours, theirs = thing_words(one.name), thing_words(other.name)
    if min(len(ours), len(theirs)) < _LEAST_WORDS:
        ours, theirs = title_words(one.name), title_words(other.name)
    alike = len(ours & theirs) / max(1, min(len(ours), len(theirs)))
    marked = marks_of(one.name) != marks_of(other.name)
    if one.code == other.code:
        return True
    if alike <= (_ALIKE_BUT_MARKED if marked else _ALIKE):
        return False
    first, second = _known_by(found, parts)
    return first <= set(folded_words(other.name)) or second <= set(folded_words(one.name))
