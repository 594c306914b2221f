"""Choose: one question back, with options that name the difference."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.content import content_of
from assistant.steps.doubt import likeness
from assistant.steps.heads import head_alone, head_in, title_said
from knowledge.catalog import Catalog
from knowledge.choices import MOST_WAYS, Choice
from knowledge.search import Hit

_CLOSE = 0.25  # of a fused score
_VARIANT = 0.4  # of the words of two titles
_ISSUED = {"cấp", "cấp mới"}


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
    near = {hit.code for hit in turn.hits[:MOST_WAYS]}
    said = head_in(content_of(turn.text), near)
    if said and (answer := _ask_choice(turn, catalog, said.choice)):
        return answer
    rivals = _rivals(turn.hits)
    if len(rivals) < 2:
        return None
    say = messages_for(turn.language).say
    return _question(turn, say("choose"), labelled(rivals, say("first_time")))


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


def _rivals(hits: Sequence[Hit]) -> list[Hit]:
    """The first candidate and those that are variants of it or about as near."""
    best, *rest = hits
    fitting = [
        hit
        for hit in rest
        if best.score - hit.score < _CLOSE or likeness(best.name, hit.name) >= _VARIANT
    ]
    return [best, *(fitting or rest)][:MOST_WAYS]


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


def labelled(hits: Sequence[Hit], first_time: str) -> tuple[Option, ...]:
    """Options whose labels leave out what all the names begin or end with, when enough is left.

    `first_time` is said of a name that is nothing but 'cấp' beside the others.
    """
    names = [short_name(hit.name) for hit in hits]
    start = _shared_words(names)
    bare = [name.split()[start:] for name in names]
    end = _shared_words([" ".join(reversed(words)) for words in bare])
    return tuple(
        Option(label=_difference(words, end, first_time), code=hit.code)
        for words, hit in zip(bare, hits, strict=True)
    )


def _shared_words(names: Sequence[str]) -> int:
    split = [name.split() for name in names]
    count = 0
    while all(len(words) > count + 1 for words in split) and (
        len({words[count].lower() for words in split}) == 1
    ):
        count += 1
    return count


def _difference(words: Sequence[str], end: int, first_time: str) -> str:
    rest = " ".join(words[: len(words) - end])
    return first_time if rest.lower() in _ISSUED else rest[:1].upper() + rest[1:]


def option_of(hit: Hit) -> Option:
    """A procedure under its own name."""
    return Option(label=short_name(hit.name), code=hit.code)


def short_name(name: str) -> str:
    """The name without 'Thủ tục' in front and cut at a word when it is very long."""
    bare = name.removeprefix("Thủ tục ")
    bare = bare[:1].upper() + bare[1:]
    return bare if len(bare) <= 120 else bare[:117].rsplit(" ", 1)[0] + "…"
