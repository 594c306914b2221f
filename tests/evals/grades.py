"""Made-up records, answers and cases for the tests of scoring."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from assistant.models import Answer, Citation, Option, ProcedureRef, Status
from evals.cases import Case
from evals.grading import Graded, Reply
from knowledge.catalog import Origin, Version
from knowledge.procedure import Procedure
from tests.fakes import code, full_data, procedure

PAPERS = """Cấp thẻ thả diều số 1

Giấy tờ phải nộp
- Tờ khai: 1 bản chính; mẫu TD01 [1]

Chỉ cần khi rơi vào trường hợp ghi kèm
- Giấy ủy quyền: nguồn không ghi số bản; chỉ khi nhờ người khác [2]

Lưu ý
Viết bằng mực đen. [3]"""
FEES = """Cấp thẻ thả diều số 1

Phí, lệ phí
- Trực tiếp: 10.000 đồng/thẻ. [1]
- Trực tiếp: 20.000 đồng (diều đôi). Miễn, giảm: trẻ em. [2]
- Trực tuyến: theo nghị quyết. [3]

Thời hạn giải quyết
- Trực tiếp: 3 ngày làm việc (bãi rộng). [4]"""
QUOTES = {
    1: ("channels[0].fees[0]", "10.000 đồng/thẻ"),
    2: ("channels[0].fees[1]", "20.000 đồng — diều đôi — trẻ em"),
    3: ("channels[1].fees[0]", "theo nghị quyết"),
    4: ("channels[0].time_limits[0]", "3 ngày làm việc — bãi rộng"),
}


def version_of(record: Procedure, number: int = 1) -> Version:
    """The record as the catalogue would give it."""
    return Version(
        code=record.code,
        origin=Origin.CURATED,
        number=number,
        valid_from=None,
        valid_to=None,
        recorded_at=datetime(2026, 7, 1, tzinfo=UTC),
        content_hash=record.content_hash(),
        source_hash=None,
        review=None,
        body=record.model_dump_json(exclude_defaults=True),
    )


def kite(**values: Any) -> Version:
    """The record that fills every field."""
    return version_of(Procedure.model_validate({**full_data(), **values}))


def small(number: int, **values: Any) -> Version:
    """A record with little in it."""
    return version_of(procedure(number, **values))


def case(**values: Any) -> Case:
    """A question about the kite card."""
    known = {"action": "answer"} | ({} if "action" in values else {"codes": [code(1)]})
    return Case.model_validate(
        {"id": "kite-1", "turns": ["thả diều"], "author": "t", **known, **values}
    )


def answer(text: str, quotes: dict[int, tuple[str, str]] | None = None, **values: Any) -> Answer:
    """An answer of ours for procedure 1 with these citations."""
    ref = ProcedureRef(code=code(1), name="Cấp thẻ", version=1, effective_from=None)
    given = {"status": Status.ANSWERED, "procedure": ref, **values}
    cited = tuple(
        Citation(n=n, code=code(1), field=f, quote=q, url=None, version=1, retrieved_at=None)
        for n, (f, q) in (quotes or {}).items()
    )
    return Answer(text=text, citations=cited, **given)


def ended(status: Status, *options: int, text: str = "…") -> Reply:
    """A turn that ended without an answer, with these procedures offered."""
    offered = tuple(Option(label=f"việc {n}", code=code(n)) for n in options)
    return Reply(text, answer(text, status=status, procedure=None, options=offered))


def graded(text: str, asked: Case, *versions: Version, **quotes: Any) -> Graded:
    """`text` as our answer to `asked`, beside the full record unless others are given."""
    held = versions or (kite(),)
    reply = Reply(text, answer(text, quotes.get("quotes")), code=code(1))
    return Graded(asked, reply, {version.code: version for version in held})
