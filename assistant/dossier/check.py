"""Pages to a report: the whole check, without files, network or clock."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dossier.assign import Match, matches
from assistant.dossier.classify import pieces_of
from assistant.dossier.demands import demands_of
from assistant.dossier.facts import Dossier, all_places
from assistant.dossier.fields import fields_of
from assistant.dossier.models import (
    AskedQuestion,
    CheckRequest,
    Finding,
    Outcome,
    Override,
    Paper,
    Report,
    RequirementVerdict,
    Verdict,
)
from assistant.dossier.needs import MOST_QUESTIONS, Needs, slot_key, told_in_notes
from assistant.dossier.rules import RULES, findings_of
from assistant.dossier.shown import fields_shown
from assistant.dossier.unread import unread_of
from assistant.dossier.verdict import Judged, judged, outcome_of, overridden, told
from assistant.messages import Messages, messages_for
from ingest.reading.page import Reading
from knowledge.catalog import Version

_OFFICER_RULES = frozenset(rule.name for rule in RULES.rules.values() if rule.officer)


def check(
    version: Version, reading: Reading, request: CheckRequest, overrides: Sequence[Override] = ()
) -> Report:
    """What is known of each paper that `version` requires, from the pages of `reading`.

    Pure: the day is `request.submitted_on`. A question's id is `case`, `case:<case id>`,
    `data:<requirement id>` or the id of the requirement whose condition it asks for
    (`cases[0].requirements[2]`); options are `yes` and `no`, for `case` the ids of cases and
    `none`. Never complete while a paper that applies is not surely there or a question is open.
    """
    messages = messages_for(request.language)
    dossier = _dossier(version, reading, request)
    judgements = judged(dossier, reading)
    ours = tuple(told(judgement, dossier, messages) for judgement in judgements)
    verdicts = overridden(ours, overrides, messages)
    findings = _findings(dossier, verdicts, messages)
    questions, open_ = _questions(dossier, verdicts, messages)
    # What a file that could not be opened says is not known, whatever the others say.
    open_ = open_ or _unchecked(dossier) or bool(reading.refusals)
    outcome = outcome_of(verdicts, findings, _OFFICER_RULES, open_=open_)
    return Report(
        procedure=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        version=version.number,
        case=_case(dossier),
        outcome=outcome,
        requirements=verdicts,
        findings=findings,
        questions=questions,
        papers=_papers(dossier),
        unread=unread_of(reading, request.language),
        summary=_summary(outcome, judgements, verdicts, findings, messages),
        language=request.language,
        submitted_on=request.submitted_on,
    )


def _dossier(version: Version, reading: Reading, request: CheckRequest) -> Dossier:
    procedure = version.procedure
    demands = demands_of(procedure)
    needs = Needs(procedure, demands, request)
    pieces = pieces_of(reading.pages)
    needs.learn(matches(pieces, needs.slots(), needs.possible()))
    found = matches(pieces, needs.slots(), needs.possible())
    fields = tuple(fields_of(piece) for piece in pieces)
    return Dossier(procedure, request, demands, needs, fields, found)


def _findings(
    dossier: Dossier, verdicts: Sequence[RequirementVerdict], messages: Messages
) -> tuple[Finding, ...]:
    """What the rules found; nothing of a paper that does not apply or that an officer settled."""
    settled = {v.id for v in verdicts if v.verdict is Verdict.NOT_APPLICABLE}
    return tuple(
        Finding(
            rule=rule.name,
            sentence=messages.say(
                f"dossier.rule.{rule.name}" + (f".{found.sentence}" if found.sentence else ""),
                **found.values,
            ),
            blocks=rule.blocks,
            requirement=found.requirement,
            legal_basis=found.legal_basis or rule.legal_basis,
            evidence=found.evidence,
        )
        for rule, found in findings_of(dossier)
        if found.requirement not in settled
    )


def _questions(
    dossier: Dossier, verdicts: Sequence[RequirementVerdict], messages: Messages
) -> tuple[tuple[AskedQuestion, ...], bool]:
    """At most three questions, and whether one of those that decide is open."""
    state = {verdict.id: verdict.verdict for verdict in verdicts}
    absent = [d for d in dossier.demands if state[d.path] in _ABSENT]
    deciding = dossier.needs.questions(absent, messages)
    extra = dossier.needs.replaceable(absent, messages)[: MOST_QUESTIONS - len(deciding)]
    return (*deciding, *extra), bool(deciding)


_ABSENT = {Verdict.MISSING, Verdict.CANNOT_TELL, Verdict.UNREADABLE}


def _unchecked(dossier: Dossier) -> bool:
    """Whether the record asks for papers in words that cannot be checked, or for none at all."""
    told_only = any(
        told_in_notes(case) for case in dossier.procedure.cases if dossier.needs.cases[case.id]
    )
    return told_only or not dossier.demands


def _case(dossier: Dossier) -> str | None:
    if dossier.request.case:
        return dossier.request.case
    told_cases = [id_ for id_, holds in dossier.needs.cases.items() if holds and id_ != "chung"]
    return told_cases[0] if len(told_cases) == 1 else None


def _papers(dossier: Dossier) -> tuple[Paper, ...]:
    uses: dict[int, tuple[str, Match]] = {}
    for path, match in dossier.found.items():
        if match.is_sure:
            uses.setdefault(match.piece, (path, match))
    kinds = {demand.path: demand.requirement.paper for demand in dossier.demands}
    papers = []
    for i, fields in enumerate(dossier.fields):
        piece, use = fields.piece, uses.get(i)
        best = piece.best
        kind = sorted(best.kinds)[0] if best else (kinds[use[0]] if use else "other")
        papers.append(
            Paper(
                kind=kind,
                title=piece.title.text if piece.title else "",
                pages=all_places([piece]),
                requirement=use[0] if use else None,
                fields=fields_shown(fields),
            )
        )
    return tuple(papers)


def _summary(
    outcome: Outcome,
    judgements: Sequence[Judged],
    verdicts: Sequence[RequirementVerdict],
    findings: Sequence[Finding],
    messages: Messages,
) -> str:
    states = {verdict.id: verdict.verdict for verdict in verdicts}
    papers = {
        verdict: len({_paper_asked(j) for j in judgements if states[j.demand.path] is verdict})
        for verdict in Verdict
    }
    defects = sum(f.blocks for f in findings)
    wrong = {
        "missing": papers[Verdict.MISSING],
        "unreadable": papers[Verdict.UNREADABLE],
        "defects": defects,
    }
    told = [messages.say(f"dossier.summary.{k}", count=n) for k, n in wrong.items() if n]
    return messages.say(
        f"dossier.summary.{outcome}",
        what=", ".join(told),
        present=papers[Verdict.PRESENT],
        open=papers[Verdict.CANNOT_TELL],
        defects=defects,
    )


def _paper_asked(judgement: Judged) -> tuple[object, ...]:
    """What one paper settles is counted once: a group of which one is enough, whichever of its
    verdicts is counted, and the same group asked for in two cases."""
    names = judgement.values.get("names")
    return (names,) if names else slot_key(judgement.demand)
