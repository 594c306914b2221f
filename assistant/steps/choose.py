"""Choose: one question back, with options that name the difference."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.content import content_of
from assistant.steps.differ import not_ruled_out
from assistant.steps.heads import head_alone, head_in, is_narrower, title_said
from assistant.steps.labels import labelled
from assistant.steps.titles import likeness
from knowledge.catalog import Catalog
from knowledge.choices import MOST_WAYS, Choice
from knowledge.search import Hit

_NEAREST = 2  # places; a head word is meant when one of its ways stands there


def asked_by_head(turn: Turn, catalog: Catalog, hits: Sequence[Hit]) -> Answer | None:
    """Asks back when the words are known to name several everyday procedures, and nothing else
    is in the question."""
    choice = head_alone(turn.words)
    if choice is None or title_said(turn.words, hits):
        return None
    return _ask_choice(turn, catalog, choice)


def asked_in_doubt(turn: Turn, catalog: Catalog) -> Answer | None:
    """Asks which of the ways of a known head word is meant, or else which of the candidates that
    are variants of the first."""
    content = content_of(turn.words)
    said = head_in(content, {hit.code for hit in turn.hits[:_NEAREST]})
    broad = said and not is_narrower(content, said.choice, turn.hits[0])
    if said and broad and (answer := _ask_choice(turn, catalog, said.choice)):
        return answer
    return asked_among(turn, rivals_of(not_ruled_out(turn.words, turn.hits)))


def asked_among(turn: Turn, rivals: Sequence[Hit]) -> Answer | None:
    """Asks which of these is meant."""
    if len(rivals) < 2:
        return None
    say = messages_for(turn.language).say
    found = labelled(rivals, messages_for(turn.language))
    question = say("choose_of", thing=found.shared) if found.shared else say("choose")
    return _question(turn, question, found.options)


def _ask_choice(turn: Turn, catalog: Catalog, choice: Choice) -> Answer | None:
    english = turn.language == "en"
    options = tuple(
        Option(label=way.english if english else way.label, code=way.code)
        for way in choice.ways
        if catalog.knows(way.code)
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
