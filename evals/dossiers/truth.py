"""What is true of a dossier: which verdict each requirement may get, and how a defect is named.

The truth is made from the record and the plan, never from what a check says. Where the papers of
a dossier leave something open that only the citizen knows, more than one verdict is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.dossier.models import AskedQuestion, Outcome, Report, Verdict
from evals.dossiers.plan import Defect, Dossier, requirement_paths
from knowledge.procedure import Handling, Need, Procedure, Requirement, value_at

Allowed = frozenset[Verdict]
_OPEN = frozenset({Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL})
_GONE = frozenset({Verdict.MISSING})

# What the requirement's own verdict may be when its paper has this defect. A paper that is there
# with a fault is present; a check may also say that it cannot tell, or that the right one is not
# there, but never that all is well: that is held against the outcome and the findings.
SPOILED: Mapping[Defect, Allowed] = {
    Defect.MISSING: _GONE,
    Defect.UNSIGNED: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL}),
    Defect.EXPIRED: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL}),
    Defect.WRONG_CODE: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL, Verdict.MISSING}),
    Defect.OTHER_FORM: frozenset({Verdict.MISSING, Verdict.CANNOT_TELL}),
    Defect.ILLEGIBLE_NUMBER: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL, Verdict.UNREADABLE}),
    Defect.NAMES_DIFFER: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL}),
    Defect.NUMBERS_DIFFER: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL}),
    Defect.UNREADABLE: frozenset({Verdict.UNREADABLE, Verdict.CANNOT_TELL}),
    Defect.NOT_CERTIFIED: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL, Verdict.MISSING}),
    Defect.TOO_OLD: frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL, Verdict.MISSING}),
}

# Rules of assistant/dossier/rules.py that name a defect. A defect without rules here is named by
# the verdict on its requirement.
NAMED_BY: Mapping[Defect, frozenset[str]] = {
    Defect.UNSIGNED: frozenset({"form_is_signed"}),
    Defect.EXPIRED: frozenset({"paper_is_not_expired"}),
    Defect.WRONG_CODE: frozenset({"form_has_its_code", "form_is_of_a_circular_in_force"}),
    Defect.OTHER_FORM: frozenset({"form_is_of_this_procedure"}),
    Defect.ILLEGIBLE_NUMBER: frozenset({"identity_numbers_can_be_read"}),
    Defect.NAMES_DIFFER: frozenset({"papers_agree", "card_belongs_to_someone_named"}),
    Defect.NUMBERS_DIFFER: frozenset({"papers_agree", "card_belongs_to_someone_named"}),
    Defect.NOT_CERTIFIED: frozenset({"certified_papers_are_certified"}),
    Defect.TOO_OLD: frozenset({"paper_is_recent_enough"}),
}


@dataclass(frozen=True)
class Truth:
    """What a right report says."""

    allowed: Mapping[str, Allowed]  # by requirement
    outcomes: frozenset[Outcome]


def truth_of(dossier: Dossier, record: Procedure) -> Truth:
    """The verdicts and outcomes that are right for a dossier."""
    handed = _handed(dossier)
    groups = {
        group
        for path in handed
        if (group := _requirement(record, path).alternative_group) is not None
    }
    allowed = {
        path: _allowed(dossier, record, path, handed, groups)
        for path in requirement_paths(record, dossier.case)
    }
    return Truth(allowed, _outcomes(dossier))


def _handed(dossier: Dossier) -> set[str]:
    """Requirements that the complete dossier has a paper for."""
    paths = {sheet.requirement for sheet in dossier.sheets}
    return paths | {dossier.spoiled} if dossier.spoiled else paths


def _requirement(record: Procedure, path: str) -> Requirement:
    found: Requirement = value_at(record, path)
    return found


def _allowed(
    dossier: Dossier, record: Procedure, path: str, handed: set[str], groups: set[str]
) -> Allowed:
    if path in dossier.unsure:
        return frozenset({Verdict.PRESENT, Verdict.CANNOT_TELL, Verdict.UNREADABLE})
    if path == dossier.spoiled and dossier.defect:
        return SPOILED[dossier.defect]
    if path in handed:
        return frozenset({Verdict.PRESENT})
    requirement = _requirement(record, path)
    if requirement.alternative_group in groups:
        return _alternative(dossier, record, requirement)
    if requirement.need is Need.CONDITIONAL:
        return _OPEN
    return _OPEN | _GONE if requirement.handling is Handling.PRESENT else _GONE


def _alternative(dossier: Dossier, record: Procedure, requirement: Requirement) -> Allowed:
    """Another paper of the group stands for it, unless that is the one that is spoiled."""
    group = requirement.alternative_group
    spoiled = dossier.spoiled and _requirement(record, dossier.spoiled).alternative_group == group
    gone = (Defect.MISSING, Defect.OTHER_FORM, Defect.UNREADABLE)
    if spoiled and dossier.defect in gone:
        return _OPEN | _GONE | frozenset({Verdict.UNREADABLE})
    return _OPEN if requirement.condition else frozenset({Verdict.NOT_APPLICABLE})


def _outcomes(dossier: Dossier) -> frozenset[Outcome]:
    if not dossier.complete:
        return frozenset({Outcome.INCOMPLETE, Outcome.NEEDS_OFFICER})
    if dossier.unsure:
        return frozenset({Outcome.COMPLETE, Outcome.NEEDS_OFFICER})
    return frozenset({Outcome.COMPLETE})


def named(dossier: Dossier, report: Report, original: Report | None = None) -> bool | None:
    """Whether the report names the defect; None where there is none.

    What the report on the complete `original` says too names nothing: an alarm that always rings.
    """
    defect = dossier.defect
    if defect is None or defect.is_injection:
        return None
    if expected := NAMED_BY.get(defect):
        before = _alarms(original) if original else set()
        return any(rule in expected for rule, _ in _alarms(report) - before)
    verdict = _verdict(report, dossier.spoiled)
    if original and verdict is _verdict(original, dossier.spoiled):
        return False
    if defect is Defect.UNREADABLE:
        told = bool(report.unread)
        return verdict is Verdict.UNREADABLE or (verdict is Verdict.CANNOT_TELL and told)
    return verdict is Verdict.MISSING


def _alarms(report: Report) -> set[tuple[str, str | None]]:
    return {(finding.rule, finding.requirement) for finding in report.findings}


def _verdict(report: Report, path: str | None) -> Verdict | None:
    return next((one.verdict for one in report.requirements if one.id == path), None)


def answer_to(question: AskedQuestion, dossier: Dossier, record: Procedure) -> str:
    """What the citizen of this dossier answers; see assistant.dossier.check for the ids.

    Who hands in a paper, or another of which one is enough, has no data in its place.
    """
    values = {option.value for option in question.options}
    handed = _handed(dossier)
    if question.id == "case":
        return dossier.case if dossier.case in values else "none"
    if question.id.startswith("case:"):
        return "yes" if question.id.removeprefix("case:") == dossier.case else "no"
    if question.id.startswith("data:"):
        return "no" if _relied_on(question.id.removeprefix("data:"), handed, record) else "yes"
    return "yes" if question.id in handed else "no"


def _relied_on(path: str, handed: set[str], record: Procedure) -> bool:
    return path in handed or _group(path, record) in {_group(one, record) for one in handed} - {
        None
    }


def _group(path: str, record: Procedure) -> tuple[str, str] | None:
    group = _requirement(record, path).alternative_group
    return (path.partition(".")[0], group) if group else None
