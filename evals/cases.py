"""Cases: what is asked, and what must hold of the answer; one JSON object a line.

The schema is published by `motcua eval schema`. Expected figures are not written into a case: they
are computed from the stored version when the case is scored, so they never go stale silently; a
case whose source changed since it was written is listed for review and not scored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.models import Facet, Language
from evals.errors import CaseError
from knowledge.procedure import Level

CASES = Path(__file__).parent / "cases"


class Action(StrEnum):
    """What a good assistant does with the last turn."""

    ANSWER = "answer"
    CHOOSE = "choose"
    DECLINE = "decline"


class Decline(StrEnum):
    """Why a question is declined; what the answer must be like differs."""

    OUT_OF_SCOPE = "out_of_scope"
    NOT_FOUND = "not_found"
    UNSAFE = "unsafe"
    DISTRESS = "distress"
    PERSONAL = "personal"
    UNCLEAR = "unclear"


class Variant(StrEnum):
    """How the words are written."""

    PLAIN = "plain"
    NO_DIACRITICS = "no_diacritics"
    HALF = "half"
    TELEX = "telex"
    CHAT = "chat"
    DIALECT = "dialect"
    OCR = "ocr"
    SITUATION = "situation"
    OFFICIAL = "official"
    ENGLISH = "english"


class Case(BaseModel):
    """One case. The turns before the last set the scene; the last one is scored.

    `codes` are the procedures accepted: one of them must answer, or, when the action is to
    choose, all of them must be among the options. `facets` are what is asked; with `from_record`
    their papers, fees, time limits and places are taken from the record, for `procedure_case`
    where that is given. `must` and `must_not` are texts, compared without marks and case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+-[0-9a-z-]+$")
    turns: tuple[str, ...] = Field(min_length=1, max_length=8)
    variant: Variant = Variant.PLAIN
    action: Action
    decline: Decline | None = None
    codes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    from_record: bool = True
    procedure_case: str | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    language: Language | None = None
    as_of: date | None = None
    level: Level | None = None
    tags: tuple[str, ...] = ()
    critical: bool = False
    author: str
    reviewed_by: str | None = None
    reviewed_at: date | None = None
    source_hash: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Case:
        """What each action needs."""
        if self.action is Action.ANSWER and not self.codes:
            raise ValueError("an answer needs at least one code in `codes`")
        if self.action is Action.CHOOSE and len(self.codes) == 1:
            raise ValueError("a choice needs two codes or more in `codes`, or none for any")
        if (self.action is Action.DECLINE) != (self.decline is not None):
            raise ValueError("`decline` says why, and only when the action is decline")
        if any(not turn.strip() for turn in self.turns):
            raise ValueError("a turn is empty")
        return self


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """All cases of the files, in order; raises CaseError naming every bad line, file and field."""
    cases: list[Case] = []
    problems: list[str] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                cases.append(Case.model_validate_json(line))
            except ValidationError as error:
                problems += [f"{path.name}:{number}: {told}" for told in _told(error)]
    problems += _doubles(cases)
    if problems:
        raise CaseError("\n".join(problems))
    return cases


def _told(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, found['loc'])) or 'case'}: {found['msg']}" for found in error.errors()
    ]


def _doubles(cases: Iterable[Case]) -> list[str]:
    seen: set[str] = set()
    doubles = []
    for case in cases:
        if case.id in seen:
            doubles.append(f"id {case.id} is used twice")
        seen.add(case.id)
    return doubles


def schema() -> str:
    """The JSON schema of a line."""
    return json.dumps(Case.model_json_schema(), ensure_ascii=False, indent=2)
