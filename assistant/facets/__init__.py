"""One function a facet: what an answer says when people ask about that part of a procedure."""

from __future__ import annotations

from collections.abc import Callable

from assistant.facets import papers, sums, texts
from assistant.facets.telling import Telling
from assistant.models import Block, BlockKind, Facet


def overview(telling: Telling) -> list[Block]:
    """In one screen: what it is, papers, fee, time, place."""
    procedure = telling.procedure
    english = telling.messages.language == "en" and procedure.english_summary
    path = "english_summary" if english else "summary"
    blocks = []
    if getattr(procedure, path):
        line = telling.line(getattr(procedure, path), path)
        blocks.append(Block(kind=BlockKind.TEXT, facet=Facet.OVERVIEW, lines=(line,)))
    for tell in (papers.documents, sums.fee, sums.time, texts.place):
        blocks += tell(telling)
    return blocks


TELL: dict[Facet, Callable[[Telling], list[Block]]] = {
    Facet.DOCUMENTS: papers.documents,
    Facet.FEE: sums.fee,
    Facet.TIME: sums.time,
    Facet.PLACE: texts.place,
    Facet.CHANNEL: texts.channel,
    Facet.STEPS: texts.steps,
    Facet.CONDITIONS: texts.conditions,
    Facet.FORMS: papers.forms,
    Facet.LEGAL_BASIS: texts.legal_basis,
    Facet.RESULT: texts.result,
    Facet.SUBJECTS: texts.subjects,
    Facet.OVERVIEW: overview,
}

__all__ = ["TELL", "Telling", "overview"]
