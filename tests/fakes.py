"""Stand-ins and small made-up records; every person, office and figure here is invented."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from knowledge.embedding import Vectors
from knowledge.procedure import Procedure, parse_procedure
from knowledge.text import composed


class FakeEmbedder:
    """Seeds each vector from the text's bytes: equal texts are equal, others far apart."""

    def __init__(self, dimension: int = 16, name: str = "fake", salt: str = "") -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = hashlib.sha256(f"{name} {salt}".encode()).hexdigest()[:16]
        self._salt = salt

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            digest = hashlib.sha256((self._salt + composed(text)).encode()).digest()
            row = np.random.default_rng(int.from_bytes(digest[:8])).standard_normal(self.dimension)
            rows[i] = row / np.linalg.norm(row)
        return rows


def code(number: int) -> str:
    """'1.900007': a code that no real procedure has."""
    return f"1.9{number:05d}"


def source(letter: str = "a", day: str = "2026-06-01", **values: Any) -> dict[str, Any]:
    """A source whose hash is one letter repeated."""
    url = "https://congdichvu.example/thu-tuc/1"
    return {"url": url, "retrieved_at": day, "sha256": letter * 64, **values}


def data(number: int = 1, **values: Any) -> dict[str, Any]:
    """The plain values of a small procedure."""
    return {
        "code": code(number),
        "name": f"Cấp thẻ thả diều số {number}",
        "field": "Thả diều",
        "levels": ["commune"],
        **values,
    }


def procedure(number: int = 1, **values: Any) -> Procedure:
    """A small procedure; `values` replace or add fields."""
    return parse_procedure(data(number, **values), "tests")


_CHANNELS: list[dict[str, Any]] = [
    {
        "kind": "direct",
        "time_limits": [{"number": 3, "unit": "working_day", "condition": "bãi rộng"}],
        "fees": [
            {"amount": 10000, "unit": "thẻ"},
            {"amount": 20000, "condition": "diều đôi", "exemption": "trẻ em"},
        ],
        "note": "Buổi sáng.",
    },
    {"kind": "online", "fees": [{"note": "theo nghị quyết"}]},
]
_CASES: list[dict[str, Any]] = [
    {
        "id": "chung",
        "name": "Mọi trường hợp",
        "requirements": [
            {"name": "Tờ khai", "form_code": "TD01", "originals": 1, "copies": 0},
            {
                "name": "Giấy ủy quyền",
                "need": "conditional",
                "condition": "nhờ người khác",
                "rows": ["0123abcd"],
            },
        ],
        "notes": ["Viết bằng mực đen."],
    },
    {"id": "mat_the", "name": "Mất thẻ", "question": "Bạn bị mất thẻ?"},
]


def full_data(**values: Any) -> dict[str, Any]:
    """Plain values that fill every field of a procedure."""
    return data(
        1,
        english_name="Kite flying card",
        summary="Xin thẻ để thả diều ở bãi sông.",
        english_summary="A card for flying kites by the river.",
        aliases=["xin thẻ diều"],
        agency="Ủy ban nhân dân xã Bãi Bồi",
        competent_agency="Ủy ban nhân dân xã Bãi Bồi",
        receiving_places=["Bộ phận Một cửa xã Bãi Bồi"],
        subjects=["Công dân Việt Nam"],
        steps=["Nộp hồ sơ.", "Nhận thẻ."],
        channels=_CHANNELS,
        cases=_CASES,
        notes=["Đến sớm."],
        conditions=["Đủ 6 tuổi."],
        results=["Thẻ thả diều"],
        legal_basis=[{"title": "Luật Diều", "number": "1/2020/QH14"}],
        decision="7/QĐ-BTD",
        regardless_of_boundary=True,
        linked_procedures=[code(2)],
        life_events=["hobby"],
        source=source(),
        effective_from="2026-01-01",
        effective_to="2030-01-01",
        differences=[{"field": "cases", "reason": "nguồn lặp lại", "rows": ["89abcdef"]}],
        **values,
    )


def row(name: str, originals: int = 1, copies: int = 0, **values: Any) -> dict[str, Any]:
    """A row of the portal's table of papers."""
    return {
        "case": None,
        "name": name,
        "form": None,
        "originals": originals,
        "copies": copies,
        **values,
    }


def method(channel: str = "Trực tiếp", **values: Any) -> dict[str, Any]:
    """A row of the portal's table of channels."""
    return {"channel": channel, "time": "3 Ngày làm việc", "fee": None, "note": None, **values}


def record(number: int = 1, **values: Any) -> dict[str, Any]:
    """A record as the portal's crawl gives it."""
    return {
        "source_url": f"https://congdichvu.example/thu-tuc/{number}",
        "code": code(number),
        "name": f"Cấp thẻ thả diều số {number}",
        "field": "Thả diều",
        "level": "Cấp xã",
        "type": None,
        "ministry": "Bộ Thả diều",
        "agency": "Ủy ban nhân dân cấp xã",
        "competent_agency": None,
        "receiving_address": None,
        "steps": "Bước 1: Nộp hồ sơ\nBước 2: Nhận thẻ",
        "methods": [method(fee="10000 VNĐ")],
        "documents": [row("Tờ khai thả diều")],
        "time_limit": None,
        "fee": None,
        "subjects": "Công dân Việt Nam",
        "result": "Thẻ thả diều",
        "legal_basis": "Luật Diều1/2020/QH14",
        "legal_codes": ["1/2020/QH14"],
        "conditions": None,
        "decision": "7/QĐ-BTD",
        "related": None,
        "crawled": "2026-06/2026-07",
        "latest_legal_year": 2020,
        **values,
    }
