"""The verdict: fully correct or not, with what is wrong named; and who would be sent back."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.models import Facet
from evals.cases import Action
from evals.grading import Graded
from evals.metrics.answered import (
    code_of,
    each_told,
    is_answer,
    is_right_procedure,
    options_of,
    record_of,
    status_of,
    truth,
    unasked,
)
from evals.metrics.behaviour import accepted_statuses
from evals.metrics.conversation import untold_codes
from evals.metrics.figures import (
    exact_fee,
    facet_problems,
    strange_laws,
    strange_lengths,
    strange_sums,
    wrong_place,
)
from evals.metrics.grounding import citation_problems, forbidden_said, ungrounded, unsaid
from evals.metrics.papers import missing_papers, wrong_case, wrong_counts
from evals.truth import TWO

_ERRANDS = {Facet.DOCUMENTS, Facet.PLACE, Facet.FEE}


def passed(graded: Graded) -> bool:
    """Fully correct; what is partly right is wrong."""
    return not reasons(graded)


def reasons(graded: Graded) -> list[str]:
    """Everything that is wrong, in words; nothing for a case that passes."""
    found = list(_of_action(graded))
    if not found and graded.case.action is Action.ANSWER:
        found += _of_content(graded)
    found += [f"thiếu: {fact}" for fact in unsaid(graded)]
    found += [f"không được nói: {fact}" for fact in forbidden_said(graded)]
    return list(dict.fromkeys(found))


def _of_action(graded: Graded) -> Iterator[str]:
    status, case = status_of(graded.reply), graded.case
    if status is None and case.action is not Action.ANSWER:
        yield f"cần {case.action.value}, đích không cho biết trạng thái"
    elif status is not None and status not in accepted_statuses(case):
        yield f"cần {accepted_statuses(case)[0].value}, lại {status.value}"
    elif case.action is Action.ANSWER and is_right_procedure(graded) is False:
        yield f"sai thủ tục: {code_of(graded.reply)}, cần {' / '.join(case.codes)}"
    elif case.action is Action.CHOOSE:
        missing = set(case.codes) - set(options_of(graded.reply) or case.codes)
        yield from (f"thiếu lựa chọn {code}" for code in sorted(missing))
    if case.action is Action.ANSWER and TWO in case.tags:
        yield from (f"chưa trả lời thủ tục {code}" for code in untold_codes(graded))


def _of_content(graded: Graded) -> Iterator[str]:
    if record_of(graded) is None:
        return
    if graded.case.from_record:
        for one in each_told(graded):
            yield from _missing(one)
    if others := unasked(graded):
        yield f"nói thêm thủ tục không được hỏi: {', '.join(others)}"
        return  # its figures are another record's, and would be told one by one
    yield from strange_sums(graded)
    yield from strange_lengths(graded)
    yield from strange_laws(graded)
    yield from (f"không có căn cứ: {text[:80]}" for text in ungrounded(graded))
    yield from citation_problems(graded)


def _missing(graded: Graded) -> Iterator[str]:
    for facet in truth(graded).facets:
        yield from facet_problems(graded, facet)
    yield from (f"sai số bản: {name[:80]}" for name in wrong_counts(graded))
    if wrong_case(graded):
        yield "giấy tờ của trường hợp khác"


def fully_correct(graded: Graded) -> float | None:
    """The verdict as a metric."""
    return float(passed(graded))


def sent_back(graded: Graded) -> float | None:
    """Would a citizen who trusts this answer be sent back? A required paper missing, a wrong place
    or a wrong fee, of what was asked; or all of that for another procedure."""
    case = graded.case
    asked = _ERRANDS & ({*case.facets} | (_ERRANDS if Facet.OVERVIEW in case.facets else set()))
    if case.action is not Action.ANSWER or not is_answer(graded.reply) or not asked:
        return None
    if is_right_procedure(graded) is False:
        return 1.0
    wrong_fee = exact_fee(graded) == 0
    return float(bool(missing_papers(graded)) or wrong_fee or wrong_place(graded) == 1)
