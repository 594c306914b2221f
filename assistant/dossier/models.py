"""What goes in and comes out of a check: the request, the report and its parts.

The report's JSON is the public contract of `motcua check --json` and POST /api/v1/dossiers.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Language


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Verdict(StrEnum):
    """What is known of one required paper. Never "valid": that is for an officer."""

    PRESENT = "present"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"


class Outcome(StrEnum):
    """What is known of the whole dossier."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NEEDS_OFFICER = "needs_officer"


class Evidence(_Model):
    """Where it stands: file, page from 1, and the box as shares (left, top, right, bottom)."""

    file: str
    page: int
    box: tuple[float, float, float, float] | None = None
    confidence: float = 1.0


class RequirementVerdict(_Model):
    """The verdict on one required paper. `id` is its field path in the record, such as
    `cases[0].requirements[2]`; `reason` is a sentence in the report's language."""

    id: str
    name: str
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...] = ()
    legal_basis: str | None = None
    at_counter: bool = False  # only to be shown at the counter, or an original no photo can prove
    group: str | None = None  # papers of one group and case: one is enough, missing as one


class Finding(_Model):
    """What a rule found. `rule` is the name of a function in rules.py; `blocks` means that the
    dossier cannot be complete with it; `requirement` is the id it belongs to, if any."""

    rule: str
    sentence: str
    blocks: bool
    requirement: str | None = None
    legal_basis: str | None = None
    evidence: tuple[Evidence, ...] = ()


class AskedOption(_Model):
    """One way to answer a question."""

    value: str
    label: str


class AskedQuestion(_Model):
    """A question that decides the case or a conditional paper; answered with `answers[id]`."""

    id: str
    text: str
    options: tuple[AskedOption, ...]


class Paper(_Model):
    """A paper that was recognised on pages: its kind (papers.yaml), title and pages."""

    kind: str
    title: str
    pages: tuple[Evidence, ...]
    requirement: str | None = None
    fields: tuple[FoundField, ...] = ()


class FoundField(_Model):
    """A field read off a paper, masked where it identifies a person."""

    name: str
    value: str
    evidence: Evidence


class Unread(_Model):
    """A file or page that could not be used, with the sentence that says why and what to do."""

    file: str
    page: int | None = None
    reason: str
    sentence: str


class Report(_Model):
    """The whole check."""

    procedure: str
    procedure_name: str = ""
    version: int = 1
    case: str | None = None
    outcome: Outcome
    requirements: tuple[RequirementVerdict, ...]
    findings: tuple[Finding, ...] = ()
    questions: tuple[AskedQuestion, ...] = ()
    papers: tuple[Paper, ...] = ()
    unread: tuple[Unread, ...] = ()
    summary: str = ""
    language: Language = "vi"
    submitted_on: date
    elapsed_ms: float = 0.0


class Override(_Model):
    """An officer's other verdict, with the reason; kept and exported as an evaluation case."""

    requirement: str
    verdict: Verdict
    reason: str = Field(min_length=3, max_length=1000)
    officer: str
    at: datetime


class CheckRequest(_Model):
    """What to check against: the procedure, the case if known, answers to questions asked before
    ({question id: option value}), the day of submission, and whether papers lie at the counter
    (an officer has seen them) or are photos from home."""

    code: str
    case: str | None = None
    answers: dict[str, str] = Field(default_factory=dict)
    submitted_on: date
    language: Language = "vi"
    handed_in: Literal["photo", "counter"] = "photo"
