"""What a citizen is asked for: papers that are missing or unusable, and what rules found."""

from __future__ import annotations

from assistant.dossier.models import Report, RequirementVerdict, Verdict
from assistant.messages import Messages


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


def wanted_in_short(report: Report, messages: Messages) -> list[str]:
    """All that must be brought or mended, a line each; papers of which one is enough share one."""
    rows: dict[tuple[object, ...], list[RequirementVerdict]] = {}
    for one in filter(is_wanted, report.requirements):
        case = one.id.partition(".")[0]
        rows.setdefault((one.verdict, case, one.group or one.id), []).append(one)
    papers = [_line(row, messages) for row in rows.values()]
    return [*papers, *(finding.sentence for finding in report.findings if finding.blocks)]


def _line(row: list[RequirementVerdict], messages: Messages) -> str:
    name = messages.say("dossier.paper.or").join(dict.fromkeys(one.name for one in row))
    return f"{messages.say(f'dossier.verdict.{row[0].verdict}')}: {name}"
