"""Choose: one question back, with options that name the difference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.content import content_of, step_words
from knowledge.catalog import Catalog
from knowledge.choices import MOST_WAYS, Choice, read_choices
from knowledge.finder import Finder
from knowledge.search import Found, Hit
from knowledge.text import folded_words
from knowledge.twins import marks_of

_BESIDE = 4  # words
_GENERIC = frozenset(["lam", "xin", "cap", "dang", "ky", "thu", "tuc"])
_AND = re.compile(
    r"\s*(?:\b(?:và|với lại|với|and|also|plus|va|voi lai|voi)\b|,\s*(?:rồi|roi)\b)\s*",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:vừa|vua)\b(.+?)\b(?:vừa|vua)\b(.+)", re.IGNORECASE)
_MARGIN = 0.02
_LEAST_WORDS = 2


def asked_by_head(
    turn: Turn, catalog: Catalog, found: Found, *, exact: bool = False
) -> Answer | None:
    """Asks back when the words are known to name several everyday procedures, and nothing else
    in the question tells which; when `exact`, only when nothing else is in the question at all."""
    near = set() if exact else {hit.code for hit in found.hits[:MOST_WAYS]}
    choice = _choice_of(content_of(turn.text), near)
    if choice is None or _names_first(turn.text, found.hits):
        return None
    english = turn.language == "en"
    options = tuple(
        Option(label=way.english if english else way.label, code=way.code)
        for way in choice.ways
        if catalog.history(way.code)
    )
    if len(options) < 2:
        return None
    turn.because(f"từ chung “{choice.id}” chỉ nhiều thủ tục")
    return _question(turn, choice.english if english else choice.question, options)


def _names_first(text: str, hits: Sequence[Hit]) -> bool:
    """Whether the whole title of the first candidate was said: that is meant, as it is."""
    title = set(folded_words(hits[0].name.removeprefix("Thủ tục "))) if hits else set()
    return bool(title) and title <= set(folded_words(text))


def _choice_of(content: Sequence[str], found: set[str]) -> Choice | None:
    """The choice whose words these are, with the longest words first.

    'làm' and 'xin' do not count. A few more words may stand beside two or more of them, when none
    tells the ways apart and what was found is one of the ways.
    """
    words = _telling(content)
    heads = [head for word in words for head in _heads().get(word, ())]
    for said, choice in sorted(heads, key=lambda head: (-len(head[0]), head[1].id)):
        if said <= words and (not words - said or _is_beside(said, words, choice, found)):
            return choice
    return None


def _is_beside(
    said: frozenset[str], words: frozenset[str], choice: Choice, found: set[str]
) -> bool:
    rest = words - said
    few = len(said) > 1 and len(rest) <= _BESIDE
    codes = {way.code for way in choice.ways}
    return few and not rest & _tells(choice) and bool(codes & found)


@cache
def _heads() -> dict[str, list[tuple[frozenset[str], Choice]]]:
    """All heads by one of their words: the first in the alphabet, which any question that says
    the head says too."""
    heads = {
        (_telling(content_of(words)), choice.id): choice
        for choice in read_choices()
        for words in choice.said
    }
    by_word: dict[str, list[tuple[frozenset[str], Choice]]] = {}
    for (said, _), choice in heads.items():
        if said:
            by_word.setdefault(min(said), []).append((said, choice))
    return by_word


@cache
def _tells(choice: Choice) -> frozenset[str]:
    """Words that tell the ways apart, and words that name a step of any procedure."""
    heads = {word for said in choice.said for word in content_of(said)}
    ways = {
        word
        for way in choice.ways
        for text in (way.label, way.english, *way.said)
        for word in content_of(text)
    }
    return frozenset(ways - heads) | step_words()


def _telling(words: Sequence[str]) -> frozenset[str]:
    return frozenset(words) - _GENERIC


def asked_by_rivals(turn: Turn, short: int, gap: float) -> Answer | None:
    """Asks back when few words fit several variants of one thing about equally well."""
    few = len(_telling(content_of(turn.text))) <= short
    if turn.degraded or not few or _names_first(turn.text, turn.hits):
        return None
    best = turn.hits[0]
    rivals = [hit for hit in turn.hits if best.score - hit.score < gap and hit.field == best.field]
    if len(rivals) < 2:
        return None
    turn.because(f"ít lời và {len(rivals)} thủ tục cách nhau dưới {gap}")
    options = labelled(rivals[:MOST_WAYS])
    return _question(turn, messages_for(turn.language).say("choose"), options)


def _question(turn: Turn, question: str, options: tuple[Option, ...]) -> Answer:
    lines = [question, *(f"{n}. {option.label}" for n, option in enumerate(options, 1))]
    block = Block(kind=BlockKind.TEXT, lines=(Line(text=question),))
    return Answer(
        status=Status.NEEDS_CHOICE,
        facets=turn.facets,
        text="\n".join(lines),
        blocks=(block,),
        options=options,
        language=turn.language,
    )


def labelled(hits: Sequence[Hit]) -> tuple[Option, ...]:
    """Options whose labels leave out what all the names begin with, when enough is left."""
    names = [short_name(hit.name) for hit in hits]
    shared = _shared_words(names)
    return tuple(
        Option(label=_difference(name, shared), code=hit.code)
        for name, hit in zip(names, hits, strict=True)
    )


def _shared_words(names: Sequence[str]) -> int:
    split = [name.split() for name in names]
    count = 0
    while all(len(words) > count + 1 for words in split) and (
        len({words[count].lower() for words in split}) == 1
    ):
        count += 1
    return count


def _difference(name: str, shared: int) -> str:
    rest = " ".join(name.split()[shared:])
    return rest[:1].upper() + rest[1:]


def option_of(hit: Hit) -> Option:
    """A procedure under its own name."""
    return Option(label=short_name(hit.name), code=hit.code)


def short_name(name: str) -> str:
    """The name without 'Thủ tục' in front and cut at a word when it is very long."""
    bare = name.removeprefix("Thủ tục ")
    bare = bare[:1].upper() + bare[1:]
    return bare if len(bare) <= 120 else bare[:117].rsplit(" ", 1)[0] + "…"


def two_in_one(text: str, whole: Found, finder: Finder, least: float) -> tuple[str, ...]:
    """Codes of the two procedures that a message asks about, or nothing.

    Each half must stand for itself, no worse than the message as a whole, and not be its twin.
    """
    halves = _halves(text)
    if len(halves) < 2 or not whole.hits:
        return ()
    bar = max(least, whole.hits[0].similarity - _MARGIN)
    firsts: dict[str, Hit] = {}
    for half in map(finder.find, halves):
        if half.hits and half.off_topic_similarity < half.hits[0].similarity > bar:
            firsts.setdefault(half.hits[0].code, half.hits[0])
        elif len(halves) == 2:
            return ()  # most messages: the second half need not be searched for
    one, other, *_ = *firsts.values(), None, None
    return (one.code, other.code) if one and other and not _twins(one, other) else ()


def _halves(text: str) -> list[str]:
    """What stands on each side of an 'and', without clauses that only ask for a facet."""
    both = _BOTH.search(text)
    parts = list(both.groups()) if both else _AND.split(text)
    told = (
        ", ".join(clause for clause in re.split(r"[,;.?!]", part) if content_of(clause))
        for part in parts[:4]
    )
    return [part for part in told if len(content_of(part)) >= _LEAST_WORDS]


def _twins(one: Hit, other: Hit) -> bool:
    """Names that differ by a mark only are variants of one thing, not two things."""
    ours, theirs = set(folded_words(one.name)), set(folded_words(other.name))
    alike = len(ours & theirs) / max(1, min(len(ours), len(theirs)))
    return alike > 0.75 or (marks_of(one.name) != marks_of(other.name) and alike > 0.6)
