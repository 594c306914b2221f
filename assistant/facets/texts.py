"""Places, channels, steps, conditions, law, results, subjects: the record's own lines."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.facets.sums import length_text, sum_text
from assistant.facets.telling import Telling, sentence
from assistant.models import Block, BlockKind, Facet, Line
from knowledge.procedure import ChannelKind

_MOST_STEPS = 60


def place(telling: Telling) -> list[Block]:
    """Where to hand it in; the agency when the source names no place."""
    procedure = telling.procedure
    lines = _lines(telling, "receiving_places", procedure.receiving_places)
    if procedure.agency:
        key = "place.handled_by" if lines else "place.agency"
        lines.append(telling.line(sentence(telling.say(key, agency=procedure.agency)), "agency"))
    if procedure.regardless_of_boundary:
        anywhere = telling.line(telling.say("place.boundary"), "regardless_of_boundary")
        lines += [anywhere] * bool(lines)  # 'any receiving place' alone names none
    return telling.block(Facet.PLACE, lines) or telling.empty(Facet.PLACE, "place.empty")


def channel(telling: Telling) -> list[Block]:
    """Each way to hand it in with its time limit, fee and remark; ways that are not offered."""
    channels = telling.procedure.channels
    if not channels:
        return telling.empty(Facet.CHANNEL, "channel_empty")
    lines = []
    for c, found in enumerate(channels):
        path = f"channels[{c}]"
        facts = [length_text(telling, limit) for limit in found.time_limits]
        facts += [sum_text(telling, fee) for fee in found.fees if not fee.disputed]
        head = ": ".join(
            filter(
                None,
                (telling.say(f"channel_long.{found.kind.value}"), ", ".join(filter(None, facts))),
            )
        )
        lines.append(telling.line(sentence(head), path))
        if found.note:
            lines.append(telling.line(found.note, f"{path}.note"))
    missing = [kind for kind in ChannelKind if kind not in {found.kind for found in channels}]
    lines += [Line(text=_not_offered(telling, kind)) for kind in missing]
    return telling.block(Facet.CHANNEL, lines)


def _not_offered(telling: Telling, kind: ChannelKind) -> str:
    return telling.say("channel_missing", channel=telling.say(f"channel.{kind.value}"))


def steps(telling: Telling) -> list[Block]:
    """The steps in order; very long ones end with a word that more follow."""
    texts = telling.procedure.steps
    if not texts:
        return telling.empty(Facet.STEPS, "steps.empty")
    lines = _lines(telling, "steps", texts[:_MOST_STEPS])
    blocks = telling.block(Facet.STEPS, lines, BlockKind.STEPS)
    if len(texts) > _MOST_STEPS:
        more = Line(text=telling.say("steps.more"))
        blocks.append(Block(kind=BlockKind.NOTE, facet=Facet.STEPS, lines=(more,)))
    return blocks


def conditions(telling: Telling) -> list[Block]:
    """What must hold before one may apply."""
    return _listed(telling, Facet.CONDITIONS, "conditions", telling.procedure.conditions)


def result(telling: Telling) -> list[Block]:
    """What one receives."""
    return _listed(telling, Facet.RESULT, "results", telling.procedure.results)


def subjects(telling: Telling) -> list[Block]:
    """Who may apply."""
    return _listed(telling, Facet.SUBJECTS, "subjects", telling.procedure.subjects)


def legal_basis(telling: Telling) -> list[Block]:
    """Title and number of each document."""
    lines = [
        telling.line(" — ".join(filter(None, (law.number, law.title))), f"legal_basis[{i}]")
        for i, law in enumerate(telling.procedure.legal_basis)
    ]
    return telling.block(Facet.LEGAL_BASIS, lines) or telling.empty(
        Facet.LEGAL_BASIS, "legal_basis.empty"
    )


def _listed(telling: Telling, facet: Facet, part: str, texts: Sequence[str]) -> list[Block]:
    lines = _lines(telling, part, texts)
    return telling.block(facet, lines) or telling.empty(facet, f"{facet.value}.empty")


def _lines(telling: Telling, part: str, texts: Sequence[str]) -> list[Line]:
    return [telling.line(text, f"{part}[{i}]") for i, text in enumerate(texts)]
