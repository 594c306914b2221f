"""Narrow: which case of the procedure a person is in, said at once or in answer to the question.

A record asks a question for each case that changes the papers. Only cases with such a question can
be ruled out; the papers of all others are always told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from assistant.models import EVERY_CASE, Answer, Facet, Status, Turn
from assistant.steps.content import content_of
from knowledge.catalog import Catalog
from knowledge.procedure import COMMON_CASE, Case, Procedure
from knowledge.text import folded_words

PAPERS = frozenset({Facet.DOCUMENTS, Facet.OVERVIEW})
_LONGEST = 12  # words; more than this is a question of its own
_POLITE = r"(?: (?:a|ah|nhe|nha|ban|ad|em|anh|chi|roi|thoi|day|please))*"
_EVERY = re.compile(
    rf"(?:(?:cho|xem|ke|hien|liet ke|show|toi|me) )*(?:tat ca|het|moi truong hop|day du|du het|"
    rf"everything|all(?: cases| of them)?|every case){_POLITE}"
)
_NONE = re.compile(
    rf"(?:da )?(?:khong|ko|k|hong|no|none(?: of (?:them|these))?|neither)"
    rf"(?: (?:phai|co|thuoc|dung)){{0,2}}(?: (?:truong hop|cai))?(?: (?:nao|gi))?(?: (?:ca|het))?"
    rf"{_POLITE}|deu khong{_POLITE}|binh thuong{_POLITE}"
)
_YES = re.compile(
    rf"(?:da |vang )?(?:co|dung|phai|vang|da|u|uh|yes|yeah|yep|right|dung vay){_POLITE}"
)
_NUMBER = re.compile(rf"(?:(?:truong hop|so|cau|cai|case|number|la) )*(\d){_POLITE}")


def narrower(catalog: Catalog) -> Callable[[Turn], Answer | None]:
    """The step: reads an answer to the question about cases that was asked last; never answers."""

    def narrow(turn: Turn) -> Answer | None:
        procedure = _just_told(turn, catalog)
        case = answered_case(turn.text, asked_cases(procedure)) if procedure else None
        if procedure and case:
            turn.because(f"trả lời câu hỏi về trường hợp: {case}")
            turn.codes, turn.case = (procedure.code,), case
            turn.facets = (Facet.DOCUMENTS,)
        return None

    return narrow


def _just_told(turn: Turn, catalog: Catalog) -> Procedure | None:
    """The one procedure whose papers were told last, unless something else was settled."""
    last = turn.past[0] if turn.past else None
    if last is None or last.status is not Status.ANSWERED or len(last.codes) != 1:
        return None
    if turn.question.code or turn.question.case or not PAPERS & set(last.facets):
        return None
    if turn.codes not in ((), last.codes):
        return None
    version = catalog.get(last.codes[0], turn.question.as_of)
    return version.procedure if version else None


def asked_cases(procedure: Procedure) -> tuple[Case, ...]:
    """The cases that the answer asks about, in the order of the record."""
    return tuple(
        case
        for case in procedure.cases
        if case.id != COMMON_CASE and case.question and case.requirements
    )


def answered_case(text: str, cases: Sequence[Case]) -> str | None:
    """The case meant by an answer to the question: its id, COMMON_CASE for none of them,
    EVERY_CASE for all; None when it is no answer."""
    plain = " ".join(folded_words(text))
    if not cases or len(plain.split()) > _LONGEST:
        return None
    if _EVERY.fullmatch(plain):
        return EVERY_CASE
    if _NONE.fullmatch(plain):
        return COMMON_CASE
    if _YES.fullmatch(plain):
        return cases[0].id if len(cases) == 1 else None
    if match := _NUMBER.fullmatch(plain):
        number = int(match[1])
        return cases[number - 1].id if 1 <= number <= len(cases) else None
    return _by_words(set(content_of(text)), cases)


def _by_words(said: set[str], cases: Sequence[Case]) -> str | None:
    """The one case among whose words nearly all of what was said stands."""
    if not said:
        return None
    shares = [len(said & _words(case)) / len(said) for case in cases]
    best = max(shares)
    return cases[shares.index(best)].id if best > 0.6 and shares.count(best) == 1 else None


def cases_said(text: str, procedure: Procedure) -> tuple[str, ...]:
    """The cases that the words of a question name by themselves."""
    cases, said = asked_cases(procedure), set(folded_words(text))
    often = Counter(word for case in cases for word in _words(case))
    common = set(_content(procedure.name, *procedure.aliases))
    return tuple(
        case.id
        for case in cases
        if _is_said(
            {word for word in _content(case.name) if word not in common and often[word] == 1}, said
        )
    )


def _is_said(telling: set[str], said: set[str]) -> bool:
    common = len(telling & said)
    return common >= 2 and common >= 0.6 * len(telling)


def _words(case: Case) -> set[str]:
    return set(_content(case.name, case.question or ""))


def _content(*texts: str) -> Iterable[str]:
    return (word for text in texts for word in content_of(text) or folded_words(text))
