"""Compose: the asked facets from the record, in the order in which they were asked."""

from __future__ import annotations

from assistant.cite import Citer
from assistant.facets import TELL, Telling
from assistant.messages import messages_for
from assistant.models import (
    Answer,
    Block,
    BlockKind,
    Facet,
    FollowUp,
    Line,
    ProcedureRef,
    Status,
    Turn,
    plain_text,
)
from assistant.steps.resolve import short_name
from knowledge.catalog import Version
from knowledge.reading import glosses_in

_NEXT = (
    Facet.DOCUMENTS,
    Facet.FEE,
    Facet.TIME,
    Facet.PLACE,
    Facet.CHANNEL,
    Facet.STEPS,
    Facet.LEGAL_BASIS,
)
_MOST_FOLLOW_UPS = 4
_MOST_GLOSSES = 4


def compose(turn: Turn) -> Answer | None:
    """Write the draft; verify decides whether it may be said."""
    assert turn.version is not None
    telling = Telling(turn.version.procedure, messages_for(turn.language), Citer(turn.version))
    blocks = [block for facet in turn.facets for block in TELL[facet](telling)]
    blocks += _glosses(telling, blocks)
    assumed = _assumed(turn, telling)
    if turn.degraded:
        blocks.append(_note(Line(text=telling.say("degraded"))))
    blocks.append(_version_note(telling, turn.version))
    turn.draft = Answer(
        status=Status.ANSWERED,
        procedure=ref_of(turn.version),
        assumed=assumed,
        facets=turn.facets,
        text=_text(turn, assumed, tuple(blocks)),
        blocks=tuple(blocks),
        citations=tuple(telling.citer.citations),
        options=turn.options,
        follow_ups=_follow_ups(turn, telling),
        language=turn.language,
    )
    return None


def ref_of(version: Version) -> ProcedureRef:
    """Which version answered."""
    return ProcedureRef(
        code=version.code,
        name=version.procedure.name,
        version=version.number,
        effective_from=version.procedure.effective_from,
    )


def _assumed(turn: Turn, telling: Telling) -> str | None:
    name = short_name(telling.procedure.name)
    if turn.language == "en" and telling.procedure.english_name:
        name = f"{telling.procedure.english_name} ({name})"
    return telling.say("assumed", name=name) if turn.assumed else None


def _text(turn: Turn, assumed: str | None, blocks: tuple[Block, ...]) -> str:
    assert turn.version is not None
    title = assumed or turn.version.procedure.name
    return f"{title}\n\n{plain_text(blocks)}"


def _glosses(telling: Telling, blocks: list[Block]) -> list[Block]:
    """Plain words for the terms of law that the answer uses, each once."""
    if telling.messages.language != "vi":
        return []
    told = "\n".join(line.text for block in blocks for line in block.lines)
    lines = tuple(
        Line(text=f"{gloss.term}: {gloss.meaning}") for gloss in glosses_in(told)[:_MOST_GLOSSES]
    )
    title = telling.say("glosses")
    return [Block(kind=BlockKind.NOTE, title=title, lines=lines)] if lines else []


def _version_note(telling: Telling, version: Version) -> Block:
    """Which record, read when: the last line of every answer."""
    procedure = telling.procedure
    lines = []
    if procedure.source:
        retrieved = f"{procedure.source.retrieved_at:%d/%m/%Y}"
        text = telling.say("version.line", code=procedure.code, retrieved=retrieved)
        lines.append(telling.line(text, "code", "source.retrieved_at"))
    else:
        text = telling.say("version.no_source", code=procedure.code)
        lines.append(telling.line(text, "code"))
    if procedure.effective_from:
        text = telling.say("version.effective", day=f"{procedure.effective_from:%d/%m/%Y}")
        lines.append(telling.line(text, "effective_from"))
    if version.review:
        lines.append(Line(text=telling.say("version.review")))
    return _note(*lines)


def _note(*lines: Line) -> Block:
    return Block(kind=BlockKind.NOTE, lines=lines)


def _follow_ups(turn: Turn, telling: Telling) -> tuple[FollowUp, ...]:
    told = set(turn.facets)
    if Facet.OVERVIEW in told:
        told |= {Facet.DOCUMENTS, Facet.FEE, Facet.TIME, Facet.PLACE}
    name = short_name(telling.procedure.name)
    asks = [telling.say(f"ask.{facet.value}") for facet in _NEXT if facet not in told]
    return tuple(
        FollowUp(label=ask, text=f"{name}: {ask}", code=telling.procedure.code)
        for ask in asks[:_MOST_FOLLOW_UPS]
    )
