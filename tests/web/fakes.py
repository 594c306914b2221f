"""An assistant for the web tests: fixed answers, cut from the real record of 1.001193."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from assistant.models import (
    Answer,
    Block,
    BlockKind,
    Citation,
    Facet,
    FollowUp,
    Line,
    Option,
    ProcedureRef,
    Question,
    Status,
)
from knowledge.catalog import Catalog, Origin
from knowledge.procedure import Procedure, parse_procedure

CODE = "1.001193"
RECORDS = Path(__file__).parents[2] / "knowledge" / "procedures"
BIRTH = "Thủ tục đăng ký khai sinh"
URDU_QUESTION = "پیدائش کے اندراج کی فیس کتنی ہے؟"
URDU_FEE = "کوئی فیس نہیں ہے۔"
SECRET = "so can cuoc 001099012345"


@dataclass(frozen=True)
class FakeReadiness:
    """What /ready shall tell."""

    status: Literal["ready", "degraded", "down"] = "ready"
    detail: str = "index g1"


def record(code: str = CODE) -> Procedure:
    """A record of the starter corpus."""
    text = (RECORDS / f"{code}.yaml").read_text(encoding="utf-8")
    return parse_procedure(yaml.safe_load(text), code)


def catalog_at(folder: Path, *procedures: Procedure) -> Catalog:
    """A catalogue in a new SQLite file."""
    catalog = Catalog.open(f"sqlite:///{folder / 'catalog.db'}")
    catalog.add(procedures or [record()], Origin.CURATED)
    return catalog


@dataclass
class FakeAssistant:
    """Answers by a word in the question, fails on `hỏng`, is slow on `chậm`."""

    catalog: Catalog
    state: FakeReadiness = field(default_factory=FakeReadiness)
    asked: list[Question] = field(default_factory=list)

    def readiness(self) -> FakeReadiness:
        """As the test set it."""
        return self.state

    def stream(self, question: Question) -> Iterator[Block | Answer]:
        answer = self.reply(question)
        yield from answer.blocks
        yield answer

    def reply(self, question: Question) -> Answer:
        """The first answer whose word occurs in the question."""
        self.asked.append(question)
        if question.code is None:
            for word, answer in ANSWERS.items():
                if word in question.text:
                    return answer(question)
        return documents(question)


def _slow(question: Question) -> Answer:
    time.sleep(0.4)
    return fee(question)


def _broken(question: Question) -> Answer:
    raise RuntimeError(f"no answer to {question.text}")


def _answer(question: Question, *blocks: Block, **more: object) -> Answer:
    values: dict[str, object] = {
        "status": Status.ANSWERED,
        "text": "\n".join(line.text for block in blocks for line in block.lines),
        "blocks": blocks,
        "language": question.language or "vi",
    }
    return Answer.model_validate(values | more)


def _about(question: Question, *blocks: Block, **more: object) -> Answer:
    note = Line(text=f"Theo bản ghi {CODE}, nguồn đọc ngày 01/06/2026.", citations=(9,))
    closing = Block(kind=BlockKind.NOTE, lines=(note,))
    cited = {n for block in (*blocks, closing) for line in block.lines for n in line.citations}
    values: dict[str, object] = {
        "procedure": ProcedureRef(code=CODE, name=BIRTH, version=1, effective_from=None),
        "citations": [QUOTED[n] for n in sorted(cited)],
        "follow_ups": FOLLOW_UPS,
    }
    return _answer(question, *blocks, closing, **(values | more))


def citation(n: int, path: str, quote: str) -> Citation:
    """A citation of the birth record."""
    source = record().source
    assert source is not None
    return Citation(
        n=n,
        code=CODE,
        field=path,
        quote=quote,
        url=source.url,
        version=1,
        retrieved_at=source.retrieved_at,
    )


def _paper(n: int, r: int, counts: str = "1 bản chính") -> Line:
    paper = record().cases[0].requirements[r]
    ending = f"; khi {paper.condition}" if paper.condition else ""
    remarks = "".join(f". {text}" for text in (paper.replaced_by_data, paper.note) if text)
    return Line(text=f"{paper.name}: {counts}{ending}{remarks}", citations=(n,))


_PAPERS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 6}
QUOTED = {
    **{
        n: citation(
            n,
            f"cases[0].requirements[{r}]",
            f"{record().cases[0].requirements[r].name} — bản chính: 1, bản sao: 0",
        )
        for n, r in _PAPERS.items()
    },
    6: citation(6, "channels[0].fees[0]", "Miễn phí"),
    7: citation(7, "channels[1].fees[0]", "Miễn phí"),
    8: citation(8, "notes[0]", record().notes[0]),
    9: citation(9, "source.retrieved_at", "01/06/2026"),
}
FOLLOW_UPS = [
    FollowUp(label="Lệ phí bao nhiêu?", text="Đăng ký khai sinh: lệ phí bao nhiêu?", code=CODE),
    FollowUp(label="Nộp ở đâu?", text="Đăng ký khai sinh: nộp ở đâu?"),
]


def _documents(kind: BlockKind, title: str, *lines: Line) -> Block:
    return Block(kind=kind, facet=Facet.DOCUMENTS, title=title, lines=lines)


def documents(question: Question) -> Answer:
    """Lists, a note, an assumed variant and other options."""
    return _about(
        question,
        _documents(BlockKind.LIST, "Một trong các giấy sau", _paper(1, 0), _paper(2, 1)),
        _documents(BlockKind.LIST, "Chứng minh việc sinh", _paper(3, 2), _paper(4, 3)),
        _documents(BlockKind.LIST, "Xuất trình", _paper(5, 6)),
        _documents(BlockKind.NOTE, "Lưu ý", Line(text=record().notes[0], citations=(8,))),
        facets=(Facet.DOCUMENTS,),
        assumed=f"Tôi hiểu bạn hỏi về: {BIRTH}",
        options=[Option(label="Đăng ký lại khai sinh", code="1.004884")],
    )


def fee(question: Question) -> Answer:
    """One sum, carried by two fields."""
    line = Line(text="Miễn phí.", citations=(6, 7))
    block = Block(kind=BlockKind.LIST, facet=Facet.FEE, title="Lệ phí", lines=(line,))
    return _about(question, block)


def urdu(question: Question) -> Answer:
    """A sum in a language that is written from right to left."""
    line = Line(text=URDU_FEE, citations=(6, 7))
    block = Block(kind=BlockKind.LIST, facet=Facet.FEE, title="Lệ phí", lines=(line,))
    return _about(question, block)


def steps(question: Question) -> Answer:
    """Numbered steps."""
    lines = tuple(Line(text=step, citations=(8,)) for step in record().steps)
    block = Block(kind=BlockKind.STEPS, facet=Facet.STEPS, title="Các bước", lines=lines)
    return _about(question, block)


def conditions(question: Question) -> Answer:
    """A field that is empty at the source."""
    text = "Nguồn không ghi điều kiện. Hỏi Ủy ban nhân dân cấp xã."
    lines = (Line(text=text),)
    block = Block(kind=BlockKind.NOTE, facet=Facet.CONDITIONS, title="Điều kiện", lines=lines)
    return _about(question, block)


def choice(question: Question) -> Answer:
    """One question back with three options."""
    line = Line(text="Có vài thủ tục gần giống nhau. Bạn cần việc nào?")
    labels = ("Đăng ký khai sinh", "Đăng ký lại khai sinh", "Đăng ký khai sinh lưu động")
    codes = (CODE, "1.004884", "1.003583")
    options = [Option(label=label, code=code) for label, code in zip(labels, codes, strict=True)]
    block = Block(kind=BlockKind.TEXT, lines=(line,))
    return _answer(question, block, status=Status.NEEDS_CHOICE, options=options)


def urgent(question: Question) -> Answer:
    """The emergency numbers, with all that must not be shown beside them."""
    block = Block(kind=BlockKind.TEXT, lines=(Line(text="Gọi 115 ngay."),))
    more = {"text": "Gọi 115 ngay.", "blocks": (block,), "assumed": f"Tôi hiểu: {BIRTH}"}
    options = [Option(label="Đăng ký lại khai sinh", code="1.004884")]
    return _about(question, block, **more, status=Status.HANDOFF, urgent=True, options=options)


def markup(question: Question) -> Answer:
    """Texts that look like markup."""
    line = Line(text='<script>alert("x")</script> & <b>đậm</b>', citations=(1,))
    block = Block(kind=BlockKind.TEXT, title="<i>tiêu đề</i>", lines=(line,))
    quoted = citation(1, "name", "<img src=x onerror=alert(1)>")
    return _answer(question, block, citations=[quoted])


def long(question: Question) -> Answer:
    """Very long lines and a very long word."""
    text = "Nguyễnthịquỳnhhươngkhuyếchtrương" * 12
    lines = tuple(Line(text=f"{text} {n}", citations=(8,)) for n in range(1, 40))
    return _about(question, Block(kind=BlockKind.LIST, title=text, lines=lines))


ANSWERS: dict[str, Callable[[Question], Answer]] = {
    "hỏng": _broken,
    "chậm": _slow,
    "lệ phí": fee,
    "các bước": steps,
    "điều kiện": conditions,
    "giấy gì": choice,
    "cấp cứu": urgent,
    "<script>": markup,
    "rất dài": long,
    URDU_QUESTION: urdu,
}
