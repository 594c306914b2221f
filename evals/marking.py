"""Verdicts and live complaints become cases, so that a fault found once is looked for ever after.

A live question may name a person: numbers and addresses that identify one are put out of shape
before a case is stored, and names are left for the evaluator to read over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from assistant.models import Answer, Status
from assistant.redaction import masked
from evals.cases import Action, Case, Decline, read_cases
from evals.errors import EvalError
from evals.metrics.reading import says
from evals.review import Item, Rating, Review, Verdict

_BAD = (Verdict.WRONG, Verdict.HARMFUL)


@dataclass(frozen=True)
class Complaint:
    """What was bad about an answer; empty where the record alone says what is right."""

    codes: tuple[str, ...] = ()
    decline: Decline | None = None
    wrong_words: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    harmful: bool = False


def marked_bad(question: str, answer: Answer, complaint: Complaint, author: str) -> Case:
    """A live answer as a case: the same question, and what would have been right.

    Without codes the procedure that answered is taken as the right one and its record decides.
    Raises EvalError when nothing says what a right answer is.
    """
    action, codes = _expected(answer, complaint)
    turn = masked(question.strip())
    if not turn:
        raise EvalError("The question is empty. Give the words that were asked.")
    _must_be_told(complaint.wrong_words, answer.text)
    return Case(
        id=f"live-{_digest(turn, action, *codes, *complaint.wrong_words, *complaint.missing)}",
        turns=(turn,),
        action=action,
        decline=complaint.decline,
        codes=codes,
        facets=answer.facets if action is Action.ANSWER else (),
        must=complaint.missing,
        must_not=complaint.wrong_words,
        tags=("live", str(answer.status)),
        critical=complaint.harmful,
        author=author,
    )


def read_answer(path: Path, text: str | None = None) -> Answer:
    """An answer as `motcua ask --json` or the server gave it; `text` instead of the file's own.

    Raises EvalError saying where such a file comes from.
    """
    try:
        return Answer.model_validate_json(path.read_text("utf-8") if text is None else text)
    except FileNotFoundError as error:
        raise EvalError(
            f"{path} is not there. Save an answer: motcua ask --json … > FILE"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "file"
        raise EvalError(
            f"{path} is not an answer ({field}: {first['msg']}). Save one with motcua ask --json."
        ) from error


def decline_of(name: str | None) -> Decline | None:
    """The reason to decline that `name` is; raises EvalError listing those there are."""
    if name is None:
        return None
    if name not in list(Decline):
        raise EvalError(f"--decline takes one of {', '.join(Decline)}; there is no {name!r}.")
    return Decline(name)


def _expected(answer: Answer, complaint: Complaint) -> tuple[Action, tuple[str, ...]]:
    if complaint.decline is not None:
        return Action.DECLINE, ()
    if len(complaint.codes) > 1:
        return Action.CHOOSE, complaint.codes
    if complaint.codes:
        return Action.ANSWER, complaint.codes
    if answer.status is Status.ANSWERED and answer.procedure is not None:
        return Action.ANSWER, (answer.procedure.code,)
    raise EvalError(
        f"The answer ended as {answer.status}, so nothing says which procedure is right. "
        "Give --code (twice or more where it should have asked back), or --decline with a reason."
    )


def _must_be_told(wrong_words: Sequence[str], text: str) -> None:
    """Words that the answer never said would make a case that passes for nothing."""
    for words in wrong_words:
        if not says(text, words):
            raise EvalError(f"The answer does not say {words!r}. Copy the wrong words from it.")


def cases_from(review: Review, cases: Mapping[str, Case], day: date) -> list[Case]:
    """A stricter case for every answer that most raters call wrong or harmful.

    It asks the same and expects the same; words that raters marked as wrong must not come again,
    words they missed must come, and harm makes it critical. Where raters said nothing of the kind
    there is nothing to add. Its id follows from the words, so importing twice adds nothing.
    """
    verdicts = review.verdicts()
    by_item = review.by_item()
    made: dict[str, Case] = {}
    for item in review.key.items:
        case = cases.get(item.base)
        if case is not None and verdicts.get(item.id) in _BAD:
            ratings = [r for r in by_item[item.id].values() if r.verdict is not Verdict.RIGHT]
            if (stricter := _stricter(case, item, ratings, day)) is not None:
                made[stricter.id] = stricter
    return list(made.values())


def _stricter(case: Case, item: Item, ratings: Sequence[Rating], day: date) -> Case | None:
    wrong = [r.wrong_words.strip() for r in ratings if r.wrong_words.strip()]
    said = [words for words in wrong if says(item.text, words)]
    missing = [r.missing.strip() for r in ratings if r.missing.strip()]
    harmful = any(r.verdict is Verdict.HARMFUL for r in ratings)
    raters = sorted({r.rater for r in ratings})
    if not (said or missing or (harmful and not case.critical)):
        return None
    return case.model_copy(
        update={
            "id": f"review-{item.case}-{_digest(*sorted({*said, *missing}))}",
            "turns": item.turns,
            "must": (*case.must, *dict.fromkeys(missing)),
            "must_not": (*case.must_not, *dict.fromkeys(said)),
            "critical": case.critical or harmful,
            "tags": (*case.tags, "review"),
            "reviewed_by": ", ".join(raters),
            "reviewed_at": day,
        }
    )


def add_cases(path: Path, cases: Sequence[Case]) -> list[Case]:
    """Append the cases that `path` does not hold yet; returns those. Raises CaseError."""
    known = {case.id for case in read_cases([path])} if path.is_file() else set()
    new = [case for case in cases if case.id not in known]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(case.model_dump_json(exclude_defaults=True) + "\n" for case in new)
    return new


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
