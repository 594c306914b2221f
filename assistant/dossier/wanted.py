"""What a citizen is asked for: papers that are missing or unusable, and what rules found."""

from __future__ import annotations

from assistant.dossier.models import Report, RequirementVerdict, Verdict


def is_wanted(one: RequirementVerdict) -> bool:
    """Whether this paper must be brought, or brought again."""
    return one.verdict in (Verdict.MISSING, Verdict.UNREADABLE)


def is_to_show(one: RequirementVerdict) -> bool:
    """Whether the paper is there, but its original must still be seen at the counter."""
    return one.at_counter and one.verdict is Verdict.PRESENT


def has_wanted(report: Report) -> bool:
    """Whether there is anything to ask the citizen for."""
    wanted = any(map(is_wanted, report.requirements))
    return wanted or any(finding.blocks for finding in report.findings)
