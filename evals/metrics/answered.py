"""What a target did, told apart from how it said so: status, code, options, the record to hold."""

from __future__ import annotations

from dataclasses import replace

from assistant.models import Citation, Status
from evals.cases import Action
from evals.grading import Graded, Reply
from evals.truth import TWO, Truth, truth_of
from knowledge.catalog import Version


def status_of(reply: Reply) -> Status | None:
    """How the turn ended; None for a target that does not tell."""
    return reply.answer.status if reply.answer else reply.status


def code_of(reply: Reply) -> str | None:
    """The procedure that was answered for."""
    if reply.answer:
        return reply.answer.procedure.code if reply.answer.procedure else None
    return reply.code


def options_of(reply: Reply) -> tuple[str, ...] | None:
    """Codes of the procedures offered."""
    if reply.answer:
        return tuple(option.code for option in reply.answer.options)
    return reply.options


def citations_of(reply: Reply) -> tuple[Citation, ...] | None:
    """What the text's [n] point to."""
    return reply.answer.citations if reply.answer else reply.citations


def is_answer(reply: Reply) -> bool:
    """Whether the turn was answered, as far as the target tells."""
    return status_of(reply) in (Status.ANSWERED, None)


def is_right_procedure(graded: Graded) -> bool | None:
    """Whether an accepted procedure answered; None when the target names none."""
    if not is_answer(graded.reply):
        return None
    code = code_of(graded.reply)
    if code is None and status_of(graded.reply) is None:
        return None
    return code in graded.case.codes


def record_of(graded: Graded) -> Version | None:
    """The record to hold the text against: of the accepted procedure that answered.

    For a target that names no procedure it is the first accepted one; None where no answer was
    due or none of an accepted procedure was given.
    """
    if graded.case.action is not Action.ANSWER or not is_answer(graded.reply):
        return None
    code = code_of(graded.reply)
    if code is None and status_of(graded.reply) is None:
        code = graded.case.codes[0]
    return graded.versions.get(code) if code in graded.case.codes else None


def records_of(graded: Graded) -> tuple[Version, ...]:
    """All records the text speaks of: the one that answered, those told beside it, and all
    accepted ones where two procedures were asked at once."""
    version = record_of(graded)
    if version is None:
        return ()
    codes = [version.code, *also_told(graded.reply)]
    codes += graded.case.codes if TWO in graded.case.tags else ()
    found = (graded.versions.get(code) for code in dict.fromkeys(codes))
    return tuple(one for one in found if one is not None)


def also_told(reply: Reply) -> tuple[str, ...]:
    """Procedures that were told beside the first."""
    return tuple(ref.code for ref in reply.answer.also) if reply.answer else ()


def each_told(graded: Graded) -> list[Graded]:
    """The case as it is, or, where two procedures were asked at once, once for each of them."""
    if TWO not in graded.case.tags or record_of(graded) is None:
        return [graded]
    known = (graded.versions.get(code) for code in graded.case.codes)
    return [_as_if_for(graded, version) for version in known if version]


def _as_if_for(graded: Graded, version: Version) -> Graded:
    case = graded.case.model_copy(update={"codes": (version.code,), "tags": ()})
    answer = graded.reply.answer
    if answer and answer.procedure:
        ref = answer.procedure.model_copy(update={"code": version.code})
        answer = answer.model_copy(update={"procedure": ref})
    reply = replace(graded.reply, answer=answer, code=version.code)
    return Graded(case, reply, {version.code: version})


def unasked(graded: Graded) -> list[str]:
    """Procedures that were told beside the right one without being asked for."""
    return [code for code in also_told(graded.reply) if code not in graded.case.codes]


def truth(graded: Graded) -> Truth:
    """Expected values by the record of `record_of`; nothing when there is none."""
    version = record_of(graded)
    return truth_of(graded.case, version) if version else Truth()
