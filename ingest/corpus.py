"""How full the curated records are: an empty field is answered with 'the source is silent'."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knowledge.procedure import Procedure

_FIELDS: dict[str, Callable[[Procedure], object]] = {
    "summary": lambda p: p.summary,
    "english_name": lambda p: p.english_name,
    "english_summary": lambda p: p.english_summary,
    "aliases": lambda p: p.aliases,
    "receiving_places": lambda p: p.receiving_places,
    "steps": lambda p: p.steps,
    "channels": lambda p: p.channels,
    "time_limits": lambda p: any(channel.time_limits for channel in p.channels),
    "fees": lambda p: any(channel.fees for channel in p.channels),
    "requirements": lambda p: any(case.requirements for case in p.cases),
    "cases": lambda p: len(p.cases) > 1,
    "form_codes": lambda p: any(paper.form_code for _, _, paper in p.requirements()),
    "conditions": lambda p: p.conditions,
    "results": lambda p: p.results,
    "legal_basis": lambda p: p.legal_basis,
    "decision": lambda p: p.decision,
    "linked_procedures": lambda p: p.linked_procedures,
    "life_events": lambda p: p.life_events,
}


def coverage(procedures: Sequence[Procedure]) -> dict[str, int]:
    """In how many procedures each field is filled."""
    return {name: sum(bool(of(p)) for p in procedures) for name, of in _FIELDS.items()}
