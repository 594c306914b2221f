"""What would satisfy a requirement: its own name and form code, and kinds of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from assistant.dossier.likeness import apart, bare, genus_of, likeness, weight_of
from assistant.dossier.titles import canonical
from knowledge.procedure import Case, Procedure, Requirement
from knowledge.text import folded, tidy

# Kinds that say nothing of the title: such papers are known by the record's own name alone.
NAMELESS = frozenset(
    {
        "other",
        "application_form",
        "online_form",
        "dispute_evidence",
        "technical_document",
        "report",
        "copy_to_certify",
        "original_to_copy",
        "document_to_sign",
        "foreign_document",
        "seal_document",
        "dossier_form_list",
    }
)
# What has no title because it is a thing or a picture.
WORDLESS = frozenset({"photo", "site_photo", "number_plate"})

# Papers that people write and sign themselves.
OWN_HAND = frozenset(
    {"application_form", "residence_change_form", "authorization", "written_pledge", "consent"}
    | {"witness_statement", "complaint", "loss_report", "curriculum_vitae"}
)


@dataclass(frozen=True)
class Mark:
    """How a kind is recognised; see marks.yaml."""

    titles: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()
    any: bool = False
    phrases: tuple[tuple[str, ...], ...] = ()


@cache
def marks() -> dict[str, Mark]:
    """Every kind of paper that is recognised by a title of its own."""
    text = (Path(__file__).parent / "marks.yaml").read_text(encoding="utf-8")
    return {
        kind: Mark(
            titles=tuple(dict.fromkeys(map(bare, entry["titles"]))),
            also=tuple(entry.get("also", ())),
            any=bool(entry.get("any")),
            phrases=tuple(map(bare, entry.get("phrases", ()))),
        )
        for kind, entry in yaml.safe_load(text).items()
    }


@cache
def kinds_by_title() -> dict[tuple[str, ...], frozenset[str]]:
    """Titles of marks.yaml with the kinds that bear them."""
    found: dict[tuple[str, ...], set[str]] = {}
    for kind, mark in marks().items():
        for title in mark.titles:
            found.setdefault(title, set()).add(kind)
    return {title: frozenset(kinds) for title, kinds in found.items()}


@cache
def printed_titles() -> dict[tuple[str, ...], str]:
    """The titles of marks.yaml as people write them."""
    text = (Path(__file__).parent / "marks.yaml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text).values()
    return {bare(title): title for entry in entries for title in entry["titles"]}


@dataclass(frozen=True)
class Demand:
    """One requirement of a procedure: `path` is its id, `names` the titles its own name gives."""

    path: str
    case: Case
    requirement: Requirement
    names: tuple[tuple[str, ...], ...]
    kinds: frozenset[str]
    code: str | None
    general: bool  # the record asks for papers of a kind, not for one by name

    @property
    def name(self) -> str:
        """The paper as the record calls it."""
        return self.requirement.name

    @property
    def is_open(self) -> bool:
        """Whether the record describes a paper without naming it: many titles may be meant."""
        mark = marks().get(self.requirement.paper)
        known = (mark and mark.any) or genus_of(bare(self.name)) == "form"
        return bool(_DESCRIBED.match(folded(_core(self.name)))) and not known

    def takes(self, title: tuple[str, ...]) -> bool:
        """Whether a title of the right kind will do for what the record calls the paper."""
        core = self.names[0] if self.names else bare(self.name)
        if apart(title, core):
            return False
        mark = marks().get(self.requirement.paper)
        if mark is None or mark.any or self.general:
            return True
        return likeness(core, title).known >= 0.75 * sum(map(weight_of, title))

    @property
    def is_several(self) -> bool:
        """Whether one row of the record asks for several papers at once: 'A và hợp đồng B'."""
        return bool(_AND.search(self.name)) and not _EITHER.search(self.name)

    @property
    def is_by_people(self) -> bool:
        """A paper that citizens write and sign themselves, form or not."""
        return self.requirement.paper in OWN_HAND

    @property
    def is_form(self) -> bool:
        """A form to fill in and sign."""
        return self.requirement.paper in {"application_form", "residence_change_form"}


_DESCRIBED = re.compile(
    r"(giay to|giay( chung minh| xac nhan)? khac|van ban|tai lieu|ket qua|y kien|mot trong"
    r"|mot loai|noi dung|thong tin"
    r"|ho so|chung tu|chung cu|du an|giao dich|hinh anh|anh|bien so|cac|nhung)\b"
)
_GENERAL = re.compile(r"^(mot )?(loai )?(giay to|tai lieu|bang cap|ho so|chung tu)\b")
_LEADING = re.compile(
    r"^(?:\d+\s+(?:bộ|bản)?\s*|một\s+)?(?:(?:bản\s+(?:sao|chính|gốc|phô\s*tô|chụp)"
    r"|bản)(?=\s+(?:chứng|hợp|điện|có|chụp|sao|giấy"
    r"|hợp|thẻ|văn|quyết|biên|hộ|bằng|trích|sổ|tờ|tài|phương|phiếu|thanh|hồ|chứng|danh|các|một"
    r"|bản|đơn|thông)\b)\s*"
    r"(?:sao\s+)?(?:chụp\s+)?(?:hợp lệ\s*|có chứng thực\s*|chứng thực\s*(?:\([^)]*\)\s*)?)?)?",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*(?:,\s*)?(?:\b(?:còn (?:hiệu lực|giá trị|thời hạn|hạn)|nếu có|kèm theo|đã được cấp"
    r"|được cấp|đã cấp|theo mẫu|trong trường hợp"
    r"|trường hợp|đối với|nếu|do |cấp trước|theo quy định|theo điểm|theo khoản|nêu ở"
    r"|quy định tại|ban hành)\b.*|[.;:].*)$",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:giấy|tờ|đơn|bản|hợp đồng|quyết định|văn bản|thẻ|hộ chiếu|sổ|phiếu|biên|bằng|chứng|trích"
    r"|sơ đồ|mảnh|căn cước|thông báo"
    r"|báo cáo|danh|học bạ|nghị quyết|điều lệ|trích lục|huân chương|huy chương|kỷ niệm)"
)
_AND = re.compile(rf"(?:\s+và|;)\s+{_NOUN}\b", re.IGNORECASE)
_EITHER = re.compile(r"\b(?:hoặc|hay|một trong)\b", re.IGNORECASE)
_OR = re.compile(rf"\s+(?:hoặc|hay)\s+(?={_NOUN}\b)|,\s+(?:hoặc\s+)?(?={_NOUN}\b)", re.IGNORECASE)


def _core(name: str) -> str:
    """The name without 'bản sao', brackets and what follows it as a condition."""
    plain = re.sub(r"\([^)]*\)", " ", tidy(name))
    plain = _TRAILING.sub("", _LEADING.sub("", plain, count=1))
    return tidy(plain)


def _names(requirement: Requirement) -> Iterator[tuple[str, ...]]:
    """Titles the record's name gives: the whole, its bracketless core, and each 'hoặc' of it."""
    core = _core(requirement.name)
    for part in (core, *_OR.split(core)):
        words = bare(_LEADING.sub("", tidy(part), count=1))
        if any(weight_of(word) >= 1 for word in words) and sum(map(weight_of, words)) >= 1.4:
            yield words[:30]


@lru_cache(maxsize=4096)
def _demand(path: str, case: Case, requirement: Requirement) -> Demand:
    kinds = frozenset() if requirement.paper in NAMELESS else _kinds_of(requirement)
    code = canonical(requirement.form_code) if requirement.form_code else None
    names = tuple(dict.fromkeys(_names(requirement)))
    general = bool(_GENERAL.match(folded(_core(requirement.name))))
    return Demand(path, case, requirement, names, kinds, code, general)


def _kinds_of(requirement: Requirement) -> frozenset[str]:
    """The kind itself, and where the record asks in general those that serve as it."""
    kind = requirement.paper
    mark = marks().get(kind)
    if mark is None:
        return frozenset({kind})
    if mark.any or _GENERAL.match(folded(_core(requirement.name))):
        return frozenset({kind, *mark.also, *_listed(requirement.name)})
    return frozenset({kind})


def _listed(name: str) -> Iterator[str]:
    """Kinds that a general name lists: 'giấy tờ … (giấy khai sinh, hộ chiếu…)'."""
    text = f" {' '.join(bare(name))} "
    for title, kinds in kinds_by_title().items():
        if sum(map(weight_of, title)) >= 1.4 and f" {' '.join(title)} " in text:
            yield from kinds


@lru_cache(maxsize=256)
def demands_of(procedure: Procedure) -> tuple[Demand, ...]:
    """Every requirement of the procedure with what would satisfy it."""
    return tuple(_demand(path, case, r) for path, case, r in procedure.requirements())
