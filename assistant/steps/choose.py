"""Choose: one question back, with options that name the difference."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.content import content_of
from assistant.steps.heads import head_alone, head_in, is_narrower, title_said
from assistant.steps.labels import labelled
from assistant.steps.titles import likeness
from knowledge.catalog import Catalog
from knowledge.choices import MOST_WAYS, Choice
from knowledge.finder import Finder
from knowledge.search import Found, Hit
from knowledge.text import folded_words
from knowledge.twins import marks_of

_NEAREST = 2  # places; a head word is meant when one of its ways stands there
_AND = re.compile(
    r"\s*(?:\b(?:và|với lại|với|and|also|plus|va|voi lai|voi)\b|,\s*(?:rồi|roi)\b)\s*",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:vừa|vua)\b(.+?)\b(?:vừa|vua)\b(.+)", re.IGNORECASE)
_MARGIN = 0.02
_LEAST_WORDS = 2


def asked_by_head(turn: Turn, catalog: Catalog, hits: Sequence[Hit]) -> Answer | None:
    """Asks back when the words are known to name several everyday procedures, and nothing else
    is in the question."""
    choice = head_alone(content_of(turn.text))
    if choice is None or title_said(turn.text, hits):
        return None
    return _ask_choice(turn, catalog, choice)


def asked_in_doubt(turn: Turn, catalog: Catalog) -> Answer | None:
    """Asks which of the ways of a known head word is meant, or else which of the candidates that
    are variants of the first."""
    content = content_of(turn.text)
    said = head_in(content, {hit.code for hit in turn.hits[:_NEAREST]})
    broad = said and not is_narrower(content, said.choice, turn.hits[0])
    if said and broad and (answer := _ask_choice(turn, catalog, said.choice)):
        return answer
    rivals = rivals_of(turn.hits)
    if len(rivals) < 2:
        return None
    messages = messages_for(turn.language)
    return _question(turn, messages.say("choose"), labelled(rivals, messages))


def _ask_choice(turn: Turn, catalog: Catalog, choice: Choice) -> Answer | None:
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


def rivals_of(hits: Sequence[Hit]) -> list[Hit]:
    """The first candidate and those that are most like it and about as near."""
    best, *rest = hits
    worth = {hit.code: likeness(best.name, hit.name) - best.score + hit.score for hit in rest}
    return [best, *sorted(rest, key=lambda hit: -worth[hit.code])][:MOST_WAYS]


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
