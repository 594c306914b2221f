"""Conversation: what the last turn carries over from those before, by the tags of the case.

`carry` keeps the procedure for another facet, `drop` leaves it for a new topic, `correction`
switches the variant, `return` goes back to an earlier one, `aside` is a refused remark between,
`two` are two procedures in one message.
"""

from __future__ import annotations

from evals.cases import Action
from evals.grading import Graded
from evals.metrics.answered import also_told, citations_of, code_of
from evals.metrics.metric import Score
from evals.metrics.reading import share_of

FOLLOW_UPS = ("carry", "drop", "correction", "return", "aside", "two")
_NAMED = 0.8


def follow_up(tag: str) -> Score:
    """A metric over the cases with `tag`: whether the right procedure is being talked of."""

    def score(graded: Graded) -> float | None:
        if tag not in graded.case.tags or graded.case.action is not Action.ANSWER:
            return None
        if tag == "two":
            return float(not untold_codes(graded))
        return float(code_of(graded.reply) in graded.case.codes)

    return score


def follow_ups_right(graded: Graded) -> float | None:
    """All kinds of follow-up together."""
    scores = [follow_up(tag)(graded) for tag in FOLLOW_UPS]
    found = [score for score in scores if score is not None]
    return min(found) if found else None


def untold_codes(graded: Graded) -> list[str]:
    """Accepted procedures that the answer neither cites nor names; for `two`, all are due."""
    cited = {citation.code for citation in citations_of(graded.reply) or ()}
    told = cited | {code_of(graded.reply) or "", *also_told(graded.reply)}
    return [code for code in graded.case.codes if code not in told and not _named(graded, code)]


def _named(graded: Graded, code: str) -> bool:
    version = graded.versions.get(code)
    if version is None:
        return False
    name = version.procedure.name
    return any(share_of(name, line) >= _NAMED for line in graded.reply.text.splitlines())
