"""Pages to a report: the whole check, without files, network or clock."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dossier.models import (
    CheckRequest,
    Outcome,
    Override,
    Report,
    RequirementVerdict,
    Verdict,
)
from assistant.messages import messages_for
from ingest.reading.page import Reading
from knowledge.catalog import Version


def check(
    version: Version, reading: Reading, request: CheckRequest, overrides: Sequence[Override] = ()
) -> Report:
    """What is known of each paper that `version` requires, from the pages of `reading`.

    Pure: the day is `request.submitted_on`. A question's id is `case`, `case:<case id>` or the id
    of the requirement it decides (`cases[0].requirements[2]`); options are `yes` and `no`, for
    `case` the ids of cases and `none`.
    """
    procedure = version.procedure
    say = messages_for(request.language).say
    verdicts = tuple(
        RequirementVerdict(
            id=path,
            name=requirement.name,
            verdict=Verdict.CANNOT_TELL,
            reason=say("dossier.cannot_tell.not_looked"),
        )
        for path, _, requirement in procedure.requirements()
    )
    return Report(
        procedure=procedure.code,
        procedure_name=procedure.name,
        version=version.number,
        case=request.case,
        outcome=Outcome.NEEDS_OFFICER,
        requirements=verdicts,
        language=request.language,
        submitted_on=request.submitted_on,
    )
