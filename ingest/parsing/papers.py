"""The portal's table of papers: rows become cases with requirements, or notes.

Rows with no count are notes or headings; a group may say only how papers are handled ("Giấy tờ
phải xuất trình") or name a case. Rows come in no order, so nothing is concluded from position.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.procedure import COMMON_CASE
from knowledge.text import folded, tidy

_COMMON_NAME = "Mọi trường hợp"
_HANDLING_ONLY = re.compile(
    r"^(cac )?(giay to|ho so|thanh phan ho so|thanh phan|nop truc tiep|phai nop|phai xuat trinh)"
    r"( phai| can| gom| nop| xuat trinh| bao gom| ho so| sau day| sau| truc tiep| so luong)*$"
)
_NOTE_GROUP = re.compile(r"^(luu y|ghi chu|chu y)\b")
_CONDITION = re.compile(
    r"^(trường hợp|đối với|nếu|riêng đối với|trong trường hợp)\s+(.{5,200}?)"
    r"(?:\s*(?:,|:|;)\s*|\s+(?=thì|phải có|phải nộp|phải xuất trình|nộp\b|kèm theo))",
    re.IGNORECASE,
)
_FORM_CODE = re.compile(
    r"\b(?:mẫu(?: số)?|tờ khai mẫu)\s*:?\s*"
    r"((?:số\s*)?[A-Z0-9Đ][\w./-]*\d[\w./-]*|[A-Z]{2,4}\d+\w*)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-+*•–]+|\(?[a-zđ0-9]{1,3}[.)]\)?(?=\s))\s*", re.IGNORECASE)


@dataclass
class _Case:
    id: str
    name: str
    requirements: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def cases_and_notes(documents: object) -> tuple[list[dict[str, Any]], list[str]]:
    """Cases and notes of a record's `documents`: a list of rows, or plain text, or nothing."""
    if isinstance(documents, str):
        return _from_text(documents), []
    if not isinstance(documents, list):
        return [], []
    cases: dict[str, _Case] = {}
    notes: list[str] = []
    for row in documents:
        if isinstance(row, Mapping) and tidy(str(row.get("name") or "")):
            _place(row, cases, notes)
    return _ordered(cases.values()), list(dict.fromkeys(notes))


def _place(row: Mapping[str, Any], cases: dict[str, _Case], notes: list[str]) -> None:
    group = tidy(str(row.get("case") or "")).strip(" *-+:.")
    name = _plain(str(row["name"]))
    is_note = row.get("originals") == 0 and row.get("copies") == 0
    if not re.search(r"\w", name):
        if is_note or not group:
            return
        name = group  # the crawl put the paper's name into the heading
    if _NOTE_GROUP.match(folded(group)) and is_note:
        notes.append(name)
        return
    case = _case_for(group, cases)
    if is_note:
        case.notes.append(name)
    else:
        case.requirements.append(_requirement(row, name, group))


def _case_for(group: str, cases: dict[str, _Case]) -> _Case:
    bare = folded(group)
    if not group or _HANDLING_ONLY.match(bare) or _NOTE_GROUP.match(bare):
        return cases.setdefault(COMMON_CASE, _Case(COMMON_CASE, _COMMON_NAME))
    digest = hashlib.sha256(bare.encode()).hexdigest()[:8]
    return cases.setdefault(digest, _Case(f"th_{digest}", group))


def _requirement(row: Mapping[str, Any], name: str, group: str) -> dict[str, Any]:
    condition = _CONDITION.match(name)
    requirement = {
        "name": name,
        "form_code": form_code_of(name),
        "form_file": tidy(str(row.get("form") or "")) or None,
        "originals": row.get("originals"),
        "copies": row.get("copies"),
        "handling": "present" if "xuat trinh" in folded(group) else "submit",
        "need": "conditional" if condition else "always",
        "condition": tidy(condition[0]).strip(" ,:;") if condition else None,
    }
    return {key: value for key, value in requirement.items() if value is not None}


def form_code_of(name: str) -> str | None:
    """The code of the form a row names: CT01, DC02, 'Mẫu số 01'; None when there is none."""
    match = _FORM_CODE.search(name)
    if not match:
        return None
    code = match[1].rstrip(".-/")
    return code if re.match(r"[A-Z]{2}", code) else f"Mẫu số {code.removeprefix('số ').strip()}"


def _from_text(text: str) -> list[dict[str, Any]]:
    """Each line is kept as a note: the source gives neither rows nor counts."""
    lines = [line for raw in text.split("\n") if (line := _plain(raw)) and len(line) > 8]
    return [{"id": COMMON_CASE, "name": _COMMON_NAME, "notes": lines}] if lines else []


def _plain(text: str) -> str:
    return _BULLET.sub("", tidy(text))


def _ordered(cases: Iterable[_Case]) -> list[dict[str, Any]]:
    """The common case first; an empty case with notes only keeps its notes."""
    ordered = sorted(cases, key=lambda case: case.id != COMMON_CASE)
    return [
        {
            "id": case.id,
            "name": case.name,
            "requirements": case.requirements,
            "notes": list(dict.fromkeys(case.notes)),
        }
        for case in ordered
    ]
