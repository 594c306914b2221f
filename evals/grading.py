"""What a target said, and a case with everything that is needed to score it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.models import Answer, Citation, Status
from evals.cases import Case
from knowledge.catalog import Version


@dataclass(frozen=True)
class Reply:
    """What a target said to the last turn.

    Ours gives a whole `answer` and the `ranked` codes; a rival may give only text. What a target
    does not tell is None, and what depends on it is not applicable, never zero. `status`,
    `citations` and the codes of `options` are what a rival's description maps; where they are
    None, those of `answer` hold.
    """

    text: str
    answer: Answer | None = None
    status: Status | None = None
    code: str | None = None
    citations: tuple[Citation, ...] | None = None
    options: tuple[str, ...] | None = None
    ranked: tuple[str, ...] | None = None
    before: tuple[Answer, ...] = ()
    elapsed_ms: float | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class Graded:
    """One case, what the target said, and the records by code: of the accepted procedures, and of
    those told beside."""

    case: Case
    reply: Reply
    versions: dict[str, Version] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A scored case as a run stores it, one JSON line each, in the order of the suite.

    `passed` is None for a case that was not scored, `why` then says why: to_review (its source
    changed) or not_in_corpus. `error` is set when the target failed; an error is not a pass.
    `reasons` name what is wrong with a case that failed. Times live in a file of their own, so
    that two runs on the same code are equal byte by byte.
    """

    suite: str
    case: str
    passed: bool | None
    scores: dict[str, float | None]
    why: str | None = None
    error: str | None = None
    reasons: tuple[str, ...] = ()
    status: str | None = None
    code: str | None = None
    text: str = ""
    critical: bool = False
    cluster: str = ""
    tags: tuple[str, ...] = ()
