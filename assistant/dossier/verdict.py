"""One verdict a requirement and one for the whole; never complete while anything is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.dossier.assign import Match
from assistant.dossier.classify import WEAK, Piece, is_spoiled, support
from assistant.dossier.demands import WORDLESS, Demand
from assistant.dossier.facts import Dossier, evidence, place_of
from assistant.dossier.models import (
    Evidence,
    Finding,
    Outcome,
    Override,
    RequirementVerdict,
    Verdict,
)
from assistant.dossier.needs import Applies, looked_up, slot_key
from assistant.messages import Messages
from ingest.reading.page import Reading
from knowledge.procedure import Handling, Need
from knowledge.text import folded


@dataclass(frozen=True)
class Judged:
    """A requirement with its verdict, before it is told."""

    demand: Demand
    verdict: Verdict
    key: str
    values: dict[str, str]
    evidence: tuple[Evidence, ...] = ()


def judged(dossier: Dossier, reading: Reading) -> list[Judged]:
    """A verdict for each requirement of the procedure, in the record's order."""
    first = [_first_look(demand, dossier) for demand in dossier.demands]
    first = _groups(first)
    absent = [judgement for judgement in first if judgement.verdict is Verdict.MISSING]
    second = _second_look(absent, dossier, reading)
    return [second.get(judgement.demand.path, judgement) for judgement in first]


_PERHAPS_THERE = {Applies.REPLACED, Applies.NOT_MET}
_NOT_ASKED = {Applies.OTHER_CASE, Applies.ONLINE, *_PERHAPS_THERE}


def _first_look(demand: Demand, dossier: Dossier) -> Judged:
    applies = dossier.needs.applies(demand)
    match = dossier.found.get(demand.path)
    handed_in_anyway = match is not None and match.is_sure and applies in _PERHAPS_THERE
    if applies in _NOT_ASKED and not handed_in_anyway:
        return _not_applicable(demand, applies)
    if match:
        return _matched(demand, match, dossier.fields[match.piece].piece)
    if applies in {Applies.CASE_UNKNOWN, Applies.CONDITION_UNKNOWN}:
        return _open(demand, applies)
    return Judged(demand, Verdict.MISSING, "missing.plain", {"name": demand.name})


def _not_applicable(demand: Demand, applies: Applies) -> Judged:
    values = {
        "case": demand.case.name,
        "condition": demand.requirement.condition or "",
        "words": demand.requirement.replaced_by_data or "",
    }
    return Judged(demand, Verdict.NOT_APPLICABLE, f"not_applicable.{applies}", values)


def _open(demand: Demand, applies: Applies) -> Judged:
    values = {"case": demand.case.name, "condition": demand.requirement.condition or ""}
    return Judged(demand, Verdict.CANNOT_TELL, f"cannot_tell.{applies}", values)


def _matched(demand: Demand, match: Match, piece: Piece) -> Judged:
    where = tuple(
        evidence(sheet, match.box if sheet is piece.first else None, match.score)
        for sheet in piece.sheets
    )
    spoiled = next(
        (e for e, s in zip(where, piece.sheets, strict=True) if is_spoiled(s.page)), None
    )
    values = {
        "title": piece.title.text if piece.title else demand.name,
        "name": demand.name,
        "file": (spoiled or where[0]).file,
        "page": str((spoiled or where[0]).page),
    }
    if spoiled:
        return Judged(demand, Verdict.UNREADABLE, "unreadable.page", values, where)
    if not match.is_sure:
        return Judged(demand, Verdict.CANNOT_TELL, "cannot_tell.looks_like", values, where)
    if demand.is_several:
        return Judged(demand, Verdict.CANNOT_TELL, "cannot_tell.several", values, where)
    return Judged(demand, Verdict.PRESENT, "present.seen", values, where)


def _groups(judgements: list[Judged]) -> list[Judged]:
    """Of papers of which one is enough: the one that is there, or the group as one."""
    rows: dict[tuple[object, ...], list[Judged]] = {}
    for judgement in judgements:
        if judgement.demand.requirement.need is Need.ALTERNATIVE:
            rows.setdefault(slot_key(judgement.demand), []).append(judgement)
    told = {j.demand.path: j for row in rows.values() for j in _as_one(row)}
    return [told.get(judgement.demand.path, judgement) for judgement in judgements]


_RANK = [Verdict.PRESENT, Verdict.UNREADABLE, Verdict.CANNOT_TELL]


def _as_one(row: list[Judged]) -> list[Judged]:
    seen = [j for j in row if j.evidence]
    best = min(seen, key=lambda j: _RANK.index(j.verdict), default=None)
    if best is not None:
        name = {"name": best.demand.name}
        return [
            j
            if j is best or j.verdict is Verdict.NOT_APPLICABLE
            else replace(
                j, verdict=Verdict.NOT_APPLICABLE, key="not_applicable.one_is_enough", values=name
            )
            for j in row
        ]
    wanted = [j for j in row if j.verdict is not Verdict.NOT_APPLICABLE]
    if replaced := next((j for j in row if j.key == "not_applicable.replaced"), None):
        return [_replaced_too(j, replaced) if j in wanted else j for j in row]
    if len(wanted) < 2:
        return row
    names = "; ".join(dict.fromkeys(j.demand.name for j in wanted))
    return [
        replace(j, key="missing.group", values={"names": names})
        if j.verdict is Verdict.MISSING
        else j
        for j in row
    ]


def _replaced_too(judgement: Judged, replaced: Judged) -> Judged:
    """Data that replaces one paper of a group replaces the group."""
    return replace(
        judgement,
        verdict=Verdict.NOT_APPLICABLE,
        key="not_applicable.group_replaced",
        values={"name": replaced.demand.name},
    )


def _second_look(absent: Sequence[Judged], dossier: Dossier, reading: Reading) -> dict[str, Judged]:
    """What seems missing may stand on a page that cannot be read, or under a title of its own."""
    taken = {match.piece for match in dossier.found.values()}
    spare = [f.piece for i, f in enumerate(dossier.fields) if i not in taken]
    dark = [piece for piece in spare if piece.unreadable]
    unclear = [p for p in spare if p.is_unclear and not p.is_wordless and not p.unreadable]
    groups = {slot_key(judgement.demand) for judgement in absent}
    unread = len(dark) + len(reading.refusals)
    found: dict[str, Judged] = {}
    for judgement in absent:
        changed = _perhaps(judgement, spare)
        if changed is None and unread:
            changed = _in_the_dark(judgement, dark, reading, enough=unread >= len(groups))
        if changed is None and len(unclear) >= len(groups):
            changed = _doubt(judgement, "unclear", unclear)
        if changed:
            found[judgement.demand.path] = changed
    return found


def _perhaps(judgement: Judged, spare: Sequence[Piece]) -> Judged | None:
    """Papers with a title of their own may be what a record only describes; pictures a photo."""
    demand = judgement.demand
    if demand.requirement.paper in WORDLESS:
        pictures = [p for p in spare if p.is_wordless and not p.unreadable]
        return _doubt(judgement, "picture", pictures) if pictures else None
    alike = [p for p in spare if support(p, demand)[0] >= WEAK and not p.unreadable]
    if alike:
        return _doubt(judgement, "alike", alike)
    papers = [p for p in spare if not p.is_wordless and not p.unreadable]
    return _doubt(judgement, "described", papers) if demand.is_open and papers else None


def _doubt(judgement: Judged, key: str, pieces: Sequence[Piece]) -> Judged:
    places = tuple(place_of(piece) for piece in pieces)
    values = {
        "name": judgement.demand.name,
        "file": places[0].file,
        "page": str(places[0].page),
        "title": pieces[0].title.text if pieces[0].title else "",
    }
    return replace(
        judgement,
        verdict=Verdict.CANNOT_TELL,
        key=f"cannot_tell.{key}",
        values=values,
        evidence=places,
    )


def _in_the_dark(
    judgement: Judged, dark: Sequence[Piece], reading: Reading, *, enough: bool
) -> Judged:
    places = tuple(place_of(piece) for piece in dark)
    file = places[0].file if places else reading.refusals[0].file
    verdict = Verdict.UNREADABLE if enough else Verdict.CANNOT_TELL
    key = "unreadable.perhaps" if enough else "cannot_tell.unread"
    values = {"name": judgement.demand.name, "file": file}
    return replace(judgement, verdict=verdict, key=key, values=values, evidence=places)


def told(judgement: Judged, dossier: Dossier, messages: Messages) -> RequirementVerdict:
    """The verdict as people read it."""
    demand = judgement.demand
    requirement = demand.requirement
    shown_only = requirement.handling is Handling.PRESENT
    unproved = dossier.request.handed_in == "photo" and bool(requirement.originals)
    there = judgement.verdict is not Verdict.NOT_APPLICABLE
    reason = messages.say(f"dossier.{judgement.key}", **judgement.values)
    if judgement.verdict is Verdict.MISSING:
        reason = " ".join([reason, *_hints(demand, messages)])
    return RequirementVerdict(
        id=demand.path,
        name=demand.name,
        verdict=judgement.verdict,
        reason=reason,
        evidence=judgement.evidence,
        at_counter=there and (shown_only or unproved),
        group=requirement.alternative_group,
    )


def _hints(demand: Demand, messages: Messages) -> Iterable[str]:
    requirement = demand.requirement
    if requirement.handling is Handling.PRESENT:
        yield messages.say("dossier.missing.shown")
    if words := requirement.replaced_by_data:
        # Records often say the whole sentence themselves.
        whole = folded(words).startswith("khong phai nop")
        yield words if whole else messages.say("dossier.missing.data", words=words)
    if looked_up(requirement):
        yield messages.say("dossier.missing.looked_up")


def overridden(
    verdicts: Sequence[RequirementVerdict], overrides: Sequence[Override], messages: Messages
) -> tuple[RequirementVerdict, ...]:
    """The verdicts with an officer's in place of ours; the latest of each requirement counts."""
    latest = {o.requirement: o for o in sorted(overrides, key=lambda o: o.at)}
    return tuple(
        verdict.model_copy(
            update={
                "verdict": latest[verdict.id].verdict,
                "reason": messages.say("dossier.overridden", reason=latest[verdict.id].reason),
            }
        )
        if verdict.id in latest
        else verdict
        for verdict in verdicts
    )


def outcome_of(
    verdicts: Sequence[RequirementVerdict],
    findings: Sequence[Finding],
    officer_rules: frozenset[str],
    *,
    open_: bool,
) -> Outcome:
    """Complete only when every paper that applies is there and nothing blocks or is open.

    `open_` says that a question waits for an answer or that the record names no paper to check.
    """
    states = {verdict.verdict for verdict in verdicts}
    mendable = any(f.blocks and f.rule not in officer_rules for f in findings)
    if states & {Verdict.MISSING, Verdict.UNREADABLE} or mendable:
        return Outcome.INCOMPLETE
    if Verdict.CANNOT_TELL in states or open_ or any(f.blocks for f in findings):
        return Outcome.NEEDS_OFFICER
    if Verdict.PRESENT not in states:
        return Outcome.NEEDS_OFFICER
    return Outcome.COMPLETE
