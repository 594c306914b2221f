"""What a procedure is: its parts, frozen and validated, every figure with its unit.

One shape serves the curated YAML, a portal record after parsing, and a stored version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import InvalidProcedure
from knowledge.text import composed

COMMON_CASE = "chung"  # the case whose papers everybody needs
CODE_PATTERN = re.compile(r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|\.[A-Z]\d{2})?")


def _code(value: str) -> str:
    if not CODE_PATTERN.fullmatch(value):
        raise ValueError(
            "mã thủ tục phải có dạng D.DDDDDD (ví dụ 1.001193), có thể kèm mã cơ quan "
            "(1.001193.000.00.00.H44)"
        )
    return value


def _text(value: str) -> str:
    text = composed(value).strip()
    if not text:
        raise ValueError("không được để trống; bỏ hẳn dòng này nếu nguồn không ghi")
    return text


Code = Annotated[str, AfterValidator(_code)]
Text = Annotated[str, AfterValidator(_text)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
RowDigest = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]


class Level(StrEnum):
    """Who handles it. The district level ended on 1 July 2025."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    COMMUNE = "commune"
    OTHER = "other"


class ChannelKind(StrEnum):
    """How a dossier is handed in."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"


class TimeUnit(StrEnum):
    """Unit of a time limit; NOT_STATED is a number without a unit at the source."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"
    NOT_STATED = "not_stated"


class Handling(StrEnum):
    """Handed in and kept, or shown and given back."""

    SUBMIT = "submit"
    PRESENT = "present"


class Need(StrEnum):
    """Whether everybody in the case needs the paper."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"
    ALTERNATIVE = "alternative"


class Part(BaseModel):
    """A frozen piece of a procedure that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeLimit(Part):
    """How long the authority may take. `number` is None when only words are given."""

    number: Decimal | None = Field(default=None, gt=0)
    unit: TimeUnit = TimeUnit.NOT_STATED
    condition: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> TimeLimit:
        if self.number is None and self.note is None:
            raise ValueError("cần `number` hoặc `note`; bỏ hẳn thời hạn nếu nguồn không ghi")
        if self.number is None and self.unit is not TimeUnit.NOT_STATED:
            raise ValueError("có `unit` thì phải có `number`")
        return self


class Fee(Part):
    """A sum to pay. `amount` 0 is free of charge; None means that only `note` speaks.

    `disputed` marks a source that contradicts itself, such as a fee column that says free
    beside a remark that names a sum: an answer then shows both and sends people to the counter.
    """

    amount: Decimal | None = Field(default=None, ge=0)
    currency: str = Field(default="VND", pattern=r"^[A-Z]{3}$")
    unit: Text | None = None
    name: Text | None = None
    condition: Text | None = None
    exemption: Text | None = None
    note: Text | None = None
    disputed: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Fee:
        if self.amount is None and self.note is None and self.exemption is None:
            raise ValueError("cần `amount`, `note` hoặc `exemption`")
        return self


class Channel(Part):
    """One way to hand the dossier in, with its time limits and fees."""

    kind: ChannelKind
    time_limits: tuple[TimeLimit, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: Text | None = None


class Requirement(Part):
    """One paper of a dossier. Counts are None when the source gives none.

    `alternative_group` joins papers of which one is enough; `paper` is a kind of paper from
    papers.yaml; `replaced_by_data` says when an electronic record makes the paper unnecessary;
    `rows` are digests of the source's rows that a curated requirement accounts for.
    """

    name: Text
    paper: Slug = "other"
    form_code: Text | None = None
    form_file: Text | None = None
    originals: int | None = Field(default=None, ge=0, le=50)
    copies: int | None = Field(default=None, ge=0, le=50)
    certified: bool | None = None
    handling: Handling = Handling.SUBMIT
    need: Need = Need.ALWAYS
    condition: Text | None = None
    alternative_group: Slug | None = None
    issuer: Text | None = None
    replaced_by_data: Text | None = None
    note: Text | None = None
    rows: tuple[RowDigest, ...] = ()

    @model_validator(mode="after")
    def _need_is_explained(self) -> Requirement:
        if self.need is Need.CONDITIONAL and not self.condition:
            raise ValueError("`need: conditional` phải có `condition` (ai cần nộp)")
        if self.need is Need.ALTERNATIVE and not self.alternative_group:
            raise ValueError("`need: alternative` phải có `alternative_group`")
        return self


class Case(Part):
    """A variant of the procedure with papers of its own; `question` selects it."""

    id: Slug
    name: Text
    question: Text | None = None
    requirements: tuple[Requirement, ...] = ()
    notes: tuple[Text, ...] = ()


class LegalDocument(Part):
    """A law, decree or circular that the procedure rests on."""

    title: Text | None = None
    number: Text | None = None

    @model_validator(mode="after")
    def _is_named(self) -> LegalDocument:
        if self.title is None and self.number is None:
            raise ValueError("cần `title` hoặc `number`")
        return self


class Source(Part):
    """Where the record was read: page, day (the earliest it can have been), hash of its bytes."""

    url: Text
    retrieved_at: date
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Difference(Part):
    """Where a curated record departs from its source on purpose, and why.

    `value` is the figure or code it excuses, `rows` the source's papers it leaves out.
    """

    field: Text
    reason: Text
    value: Text | None = None
    rows: tuple[RowDigest, ...] = ()


class Procedure(Part):
    """An administrative procedure as one authority publishes it at one time."""

    code: Code
    name: Text
    english_name: Text | None = None
    summary: Text | None = None
    english_summary: Text | None = None
    aliases: tuple[Text, ...] = ()
    field: Text
    levels: tuple[Level, ...] = Field(min_length=1)
    agency: Text | None = None
    competent_agency: Text | None = None
    receiving_places: tuple[Text, ...] = ()
    subjects: tuple[Text, ...] = ()
    steps: tuple[Text, ...] = ()
    channels: tuple[Channel, ...] = ()
    cases: tuple[Case, ...] = ()
    notes: tuple[Text, ...] = ()
    conditions: tuple[Text, ...] = ()
    results: tuple[Text, ...] = ()
    legal_basis: tuple[LegalDocument, ...] = ()
    decision: Text | None = None
    regardless_of_boundary: bool | None = None
    linked_procedures: tuple[Code, ...] = ()
    life_events: tuple[Slug, ...] = ()
    jurisdiction: Text = "VN"
    source: Source | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    differences: tuple[Difference, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Procedure:
        ids = [case.id for case in self.cases]
        if len(ids) != len(set(ids)):
            raise ValueError("hai trường hợp (cases) không được trùng `id`")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("`effective_to` không được trước `effective_from`")
        return self

    def requirements(self) -> Iterator[tuple[str, Case, Requirement]]:
        """Every paper of every case, with the path of its field."""
        for c, case in enumerate(self.cases):
            for r, requirement in enumerate(case.requirements):
                yield f"cases[{c}].requirements[{r}]", case, requirement

    def content_hash(self) -> str:
        """SHA-256 of everything but where and when it was read."""
        content = self.model_dump(mode="json", exclude={"source"}, exclude_defaults=True)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


_SENTENCES = {
    "missing": "thiếu mục này",
    "extra_forbidden": "không có mục nào tên như vậy; xem lại chính tả",
    "enum": "giá trị không hợp lệ; chỉ nhận {expected}",
    "string_type": "phải là chữ",
    "int_parsing": "phải là số nguyên",
    "int_type": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "decimal_parsing": "phải là một con số",
    "decimal_type": "phải là một con số",
    "bool_parsing": "phải là true hoặc false",
    "bool_type": "phải là true hoặc false",
    "tuple_type": "phải là một danh sách",
    "model_type": "phải là một nhóm mục có tên",
    "model_attributes_type": "phải là một nhóm mục có tên",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "không được nhỏ hơn {ge}",
    "less_than_equal": "không được lớn hơn {le}",
    "too_short": "cần ít nhất {min_length} giá trị",
    "string_pattern_mismatch": "không đúng dạng quy định ({pattern})",
    "date_from_datetime_parsing": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-07-01",
    "date_type": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-07-01",
    "date_parsing": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-07-01",
}


def path_of(location: tuple[int | str, ...]) -> str:
    """('channels', 0, 'fees', 1) -> 'channels[0].fees[1]'."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.lstrip(".")


def _sentence(error: Any) -> str:
    template = _SENTENCES.get(error["type"])
    if template:
        return template.format_map(error.get("ctx") or {})
    return str(error["msg"]).removeprefix("Value error, ")


def parse_procedure(data: object, origin: str) -> Procedure:
    """Validate `data`; raises InvalidProcedure naming `origin` and each wrong field's path."""
    try:
        return Procedure.model_validate(data)
    except ValidationError as error:
        problems = tuple((path_of(e["loc"]) or "(gốc)", _sentence(e)) for e in error.errors())
        raise InvalidProcedure(origin, problems) from error


_STEP = re.compile(r"\.?([a-z_][a-z_0-9]*)|\[(\d+)\]")


def value_at(procedure: Procedure, path: str) -> Any:
    """The part or value that a field path names; raises KeyError when there is none.

    `legal_basis[2].number` walks the record itself, so a citation can be opened and checked.
    """
    value: Any = procedure
    steps = _steps_of(path)
    if not steps:
        raise KeyError(f"{procedure.code} has no field {path}")
    for step in steps:
        if isinstance(step, int) and isinstance(value, tuple) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, Part) and step in value.__dict__:
            value = value.__dict__[step]
        else:
            raise KeyError(f"{procedure.code} has no field {path}")
    return value


@lru_cache(maxsize=16384)
def _steps_of(path: str) -> tuple[str | int, ...]:
    """Names and indexes of a path; empty when it is none."""
    found = list(_STEP.finditer(path))
    if "".join(match[0] for match in found) != path:
        return ()
    return tuple(match[1] or int(match[2]) for match in found)
