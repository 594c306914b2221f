"""What goes in and comes out of the assistant: Question, Turn, Answer and their parts.

An Answer has no markup; bots own markup. Its JSON is the public contract of `motcua ask --json`
and POST /api/v1/ask.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from knowledge.catalog import Version
from knowledge.search import Found, Hit

Language = Literal["vi", "en"]
EVERY_CASE = "tat_ca"


class Facet(StrEnum):
    """Which part of a procedure a question asks about."""

    DOCUMENTS = "documents"
    FEE = "fee"
    TIME = "time"
    PLACE = "place"
    CHANNEL = "channel"
    STEPS = "steps"
    CONDITIONS = "conditions"
    FORMS = "forms"
    LEGAL_BASIS = "legal_basis"
    RESULT = "result"
    SUBJECTS = "subjects"
    OVERVIEW = "overview"


class Status(StrEnum):
    """How a turn ended. Bots switch on it; nobody parses prose."""

    ANSWERED = "answered"
    NEEDS_CHOICE = "needs_choice"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED = "refused"
    HANDOFF = "handoff"
    FAILED = "failed"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Question(_Model):
    """What a person asked. `code` and `case` are set when they chose an option of the answer
    before; the case EVERY_CASE asks for the papers of every case."""

    text: str = Field(min_length=1, max_length=4000)
    conversation: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
    case: str | None = Field(default=None, max_length=60)
    language: Language | None = None
    as_of: date | None = None


class ProcedureRef(_Model):
    """The procedure version that answered."""

    code: str
    name: str
    version: int
    effective_from: date | None


class Citation(_Model):
    """Where a figure stands: field path of a procedure version, quoted as the record has it."""

    n: int
    code: str
    field: str
    quote: str
    url: str | None
    version: int
    retrieved_at: date | None


class Line(_Model):
    """One statement with the numbers of the citations that carry its figures."""

    text: str
    citations: tuple[int, ...] = ()


class BlockKind(StrEnum):
    """How lines belong together."""

    TEXT = "text"
    LIST = "list"
    STEPS = "steps"
    NOTE = "note"


class Block(_Model):
    """A group of lines under an optional title."""

    kind: BlockKind
    facet: Facet | None = None
    title: str | None = None
    lines: tuple[Line, ...]


class Option(_Model):
    """One way to go on when several procedures fit."""

    label: str
    code: str


class FollowUp(_Model):
    """A question worth asking next: a chip's label and the words it sends."""

    label: str
    text: str
    code: str | None = None
    case: str | None = None


class Answer(_Model):
    """What the assistant says. An `urgent` answer is for somebody in distress: bots show its words
    and nothing beside them."""

    id: str = Field(default_factory=lambda: uuid4().hex)
    status: Status
    urgent: bool = False
    procedure: ProcedureRef | None = None
    also: tuple[ProcedureRef, ...] = ()
    assumed: str | None = None
    facets: tuple[Facet, ...] = ()
    text: str
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    language: Language = "vi"
    elapsed_ms: float = 0.0


class Said(_Model):
    """What is remembered of an earlier turn. `codes` are the procedures it answered, if any."""

    text: str
    status: Status
    codes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Spot:
    """A sentence of a record: the part and the fields it stands in, and what stands around it."""

    part: str
    paths: tuple[str, ...]
    text: str
    whole: str = ""


@dataclass
class Turn:
    """A question on its way through the steps; each step fills in what it finds out.

    `past` is newest first. `codes` are procedures settled before searching: chosen, named, or
    meant by a follow-up. `meant` is the text without what joins it to the turns before, or with
    what it leaves out, and then it is `completed`; `named` is that without a paper of which it asks
    only whether it is needed; `found` is what that finds, once somebody
    searched. `versions` are what will be told of, usually one; `spots` are the sentences of each,
    by code, that answer the very words of the question.
    """

    question: Question
    asked_at: datetime
    language: Language = "vi"
    text: str = ""
    meant: str = ""
    named: str = ""
    completed: bool = False
    facets: tuple[Facet, ...] = ()
    past: tuple[Said, ...] = ()
    codes: tuple[str, ...] = ()
    picked: bool = False
    case: str | None = None
    found: Found | None = None
    hits: list[Hit] = field(default_factory=list)
    versions: tuple[Version, ...] = ()
    spots: dict[str, tuple[Spot, ...]] = field(default_factory=dict)
    assumed: str | None = None
    options: tuple[Option, ...] = ()
    degraded: bool = False
    draft: Answer | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What is asked, without what joins it to the turns before."""
        return self.named or self.meant or self.text

    def because(self, reason: str) -> None:
        """Note why a step decided as it did; `motcua ask --explain` shows it."""
        self.reasons.append(reason)


def plain_text(blocks: tuple[Block, ...]) -> str:
    """Blocks as text: numbered steps, dashes for lists, [n] for citations."""
    return "\n\n".join(_plain_block(block) for block in blocks)


def _plain_block(block: Block) -> str:
    lines = [block.title] if block.title else []
    for number, line in enumerate(block.lines, 1):
        marks = "".join(f" [{n}]" for n in line.citations)
        lead = {BlockKind.LIST: "- ", BlockKind.STEPS: f"{number}. "}.get(block.kind, "")
        lines.append(f"{lead}{line.text}{marks}")
    return "\n".join(lines)
