"""Compose: the asked facets from the record, in the order in which they were asked."""

from __future__ import annotations

from assistant.cite import Citer
from assistant.facets import TELL, Telling
from assistant.facets.telling import sentence
from assistant.messages import messages_for
from assistant.models import (
    EVERY_CASE,
    Answer,
    Block,
    BlockKind,
    Facet,
    FollowUp,
    Line,
    ProcedureRef,
    Spot,
    Status,
    Turn,
    plain_text,
)
from assistant.steps.labels import heading, short_name
from assistant.steps.limits import names_district
from assistant.steps.narrow import PAPERS, asked_cases, cases_said
from assistant.steps.premise import Premise, false_premises, unneeded_papers
from knowledge.catalog import Version
from knowledge.procedure import COMMON_CASE, Case, Procedure
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
_MOST_CASES = 8
_MOST_GLOSSES = 4
_MOST_CORRECTED = 3
_MOST_AT_ONCE = 24  # papers of cases


def compose(turn: Turn) -> Answer | None:
    """Write the draft; verify decides whether it may be said."""
    told = _tell_all(turn)
    first, _ = told[0]
    blocks = tuple(block for _, found in told for block in found)
    assumed = _assumed(turn, first)
    turn.draft = Answer(
        status=Status.ANSWERED,
        procedure=ref_of(turn.versions[0]),
        also=tuple(map(ref_of, turn.versions[1:])),
        assumed=assumed,
        facets=turn.facets,
        text=f"{assumed or first.procedure.name}\n\n{plain_text(blocks)}",
        blocks=blocks,
        citations=tuple(c for telling, _ in told for c in telling.citer.citations),
        options=turn.options,
        follow_ups=_follow_ups(turn, first),
        language=turn.language,
    )
    return None


def _tell_all(turn: Turn) -> list[tuple[Telling, list[Block]]]:
    """What is told of each procedure; with two of them, each under its name."""
    told: list[tuple[Telling, list[Block]]] = []
    for version in turn.versions:
        before = sum(len(telling.citer.citations) for telling, _ in told)
        messages, citer = messages_for(turn.language), Citer(version, before)
        case, untold = _case_of(turn, version.procedure)
        telling = Telling(version.procedure, messages, citer, case, untold)
        told.append((telling, _tell(turn, telling, version)))
    return told


def _case_of(turn: Turn, procedure: Procedure) -> tuple[str | None, frozenset[str]]:
    """The case chosen, and the cases that are asked about instead of told; neither when everything
    was asked for, or when there is nothing that everybody needs. A case that is only named is told
    beside the others: words may name it and mean another."""
    chosen = turn.question.case or turn.case
    if chosen == EVERY_CASE:
        return None, frozenset()
    if chosen in {case.id for case in procedure.cases}:
        return chosen, frozenset()
    common = any(case.id == COMMON_CASE and case.requirements for case in procedure.cases)
    asked = asked_cases(procedure) if common else ()
    # What can be read at a glance is told whole, case by case: nobody then misses a paper.
    if sum(len(case.requirements) for case in asked) <= _MOST_AT_ONCE:
        return None, frozenset()
    return None, frozenset(case.id for case in asked) - _named_cases(turn, procedure)


def _named_cases(turn: Turn, procedure: Procedure) -> frozenset[str]:
    """The cases that the question names; who picks an option by its words says no more than who
    taps it."""
    return frozenset() if turn.picked else frozenset(cases_said(turn.text, procedure))


def _tell(turn: Turn, telling: Telling, version: Version) -> list[Block]:
    is_named = len(turn.versions) > 1 or turn.language == "en"
    blocks = [_named(telling)] if is_named else []
    blocks += _cautions(turn, telling)
    blocks += _pinpointed(telling, turn.spots.get(version.code, ()))
    blocks += [block for facet in turn.facets for block in TELL[facet](telling)]
    if PAPERS & set(turn.facets):
        blocks += _about_cases(telling, _open_cases(turn, telling))
    blocks += _glosses(telling, blocks)
    if turn.degraded:
        blocks.append(_note(Line(text=telling.say("degraded"))))
    return [*blocks, _version_note(telling, version)]


def _pinpointed(telling: Telling, spots: tuple[Spot, ...]) -> list[Block]:
    """The sentences that answer the very words of the question, before the parts they stand in."""
    lines = tuple(telling.line(sentence(spot.text), *spot.paths) for spot in spots)
    title = telling.say("pinpointed")
    return [Block(kind=BlockKind.LIST, title=title, lines=lines)] if lines else []


def _cautions(turn: Turn, telling: Telling) -> list[Block]:
    """What the question takes for granted and the record does not say, with what it says."""
    lines = [Line(text=telling.say("district"))] if names_district(turn.text) else []
    lines += [_correction(telling, p) for p in false_premises(turn.text, telling.procedure)]
    for paper in unneeded_papers(turn.text, telling.procedure):
        name = paper.names[telling.messages.language]
        lines.append(Line(text=telling.say("premise.paper", paper=name)))
    return [_note(line) for line in lines]


_CORRECTED_BY = {
    Premise.FEE: Facet.FEE,
    Premise.TIME: Facet.TIME,
    Premise.COPIES: Facet.DOCUMENTS,
    Premise.FORM: Facet.FORMS,
    Premise.PLACE: Facet.PLACE,
    Premise.CHANNEL: Facet.CHANNEL,
}


def _correction(telling: Telling, premise: Premise) -> Line:
    """Says what the record has instead, with its citations."""
    key = f"premise.{premise.value}"
    blocks = TELL[_CORRECTED_BY[premise]](telling)
    lines = [line for block in blocks for line in block.lines if line.citations][:_MOST_CORRECTED]
    told = sentence("; ".join(line.text.rstrip(" .;") for line in lines))
    citations = tuple(dict.fromkeys(n for line in lines for n in line.citations))
    return Line(text=telling.say(key, told=told), citations=citations)


def _named(telling: Telling) -> Block:
    name = telling.line(heading(telling.procedure, telling.messages.language), "name")
    return Block(kind=BlockKind.TEXT, lines=(name,))


def _open_cases(turn: Turn, telling: Telling) -> tuple[Case, ...]:
    """The cases that may still be the person's own; none when one was chosen, or all were."""
    chosen = turn.question.case or turn.case
    return () if telling.case or chosen == EVERY_CASE else asked_cases(telling.procedure)


def _about_cases(telling: Telling, asked: tuple[Case, ...]) -> list[Block]:
    """Whose papers were told, or the question that tells it."""
    if telling.case == COMMON_CASE:
        return [_note(Line(text=telling.say("only_common")))]
    if telling.case:
        return [_note(_only_case(telling))]
    paths = {case.id: f"cases[{c}].question" for c, case in enumerate(telling.procedure.cases)}
    lines = tuple(telling.line(case.question or case.name, paths[case.id]) for case in asked)
    title = telling.say("which_case" if telling.untold else "which_case_told")
    return [Block(kind=BlockKind.STEPS, title=title, lines=lines)] if lines else []


def _only_case(telling: Telling) -> Line:
    """Says that the papers are those of one case, so that nobody takes them for all."""
    cases = telling.procedure.cases
    c, case = next((c, case) for c, case in enumerate(cases) if case.id == telling.case)
    return telling.line(telling.say("only_case", name=case.name), f"cases[{c}].name")


def ref_of(version: Version) -> ProcedureRef:
    """Which version answered."""
    return ProcedureRef(
        code=version.code,
        name=version.procedure.name,
        version=version.number,
        effective_from=version.procedure.effective_from,
    )


def _assumed(turn: Turn, telling: Telling) -> str | None:
    name = heading(telling.procedure, turn.language)
    return telling.say("assumed", name=name) if turn.assumed else None


def _glosses(telling: Telling, blocks: list[Block]) -> list[Block]:
    """Plain words for the terms of law that the answer uses, each once."""
    if telling.messages.language != "vi":
        return []
    told = (line.text for block in blocks for line in block.lines)
    lines = tuple(
        Line(text=f"{gloss.term}: {gloss.meaning}") for gloss in glosses_in(*told)[:_MOST_GLOSSES]
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
    """Cases to narrow the papers to, then facets not told yet."""
    told = set(turn.facets)
    if Facet.OVERVIEW in told:
        told |= {Facet.DOCUMENTS, Facet.FEE, Facet.TIME, Facet.PLACE}
    asked = _open_cases(turn, telling)
    cases = _case_follow_ups(telling, asked) if Facet.DOCUMENTS in told else []
    name = short_name(telling.procedure.name)
    asks = [telling.say(f"ask.{facet.value}") for facet in _NEXT if facet not in told]
    facets = [
        FollowUp(label=ask, text=f"{name}: {ask}", code=telling.procedure.code)
        for ask in asks[:_MOST_FOLLOW_UPS]
    ]
    return (*cases, *facets)


def _case_follow_ups(telling: Telling, asked: tuple[Case, ...]) -> list[FollowUp]:
    """One chip a case that has papers of its own; with a case chosen, the way back to all."""
    procedure = telling.procedure
    ask = f"{short_name(procedure.name)}: {telling.say('ask.documents')}"
    every = FollowUp(
        label=telling.say("every_case"), text=ask, code=procedure.code, case=EVERY_CASE
    )
    if telling.case:
        return [every]
    cases = [case for case in procedure.cases if case.id != COMMON_CASE and case.requirements]
    chips = [
        FollowUp(label=case.name, text=ask, code=procedure.code, case=case.id) for case in cases
    ]
    if len(chips) > _MOST_CASES:
        chips = []
    if not asked:
        return chips
    none = FollowUp(label=telling.say("no_case"), text=ask, code=procedure.code, case=COMMON_CASE)
    return [*chips, none, every] if telling.untold else [*chips, none]
