"""Our search as a LangChain retriever, and the example that the document gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant
from assistant.retriever import ProcedureRetriever
from assistant.settings import AssistantSettings
from knowledge.figures import numbers_in

DOCUMENT = Path(__file__).parents[2] / "docs" / "langchain.md"


def test_documents_are_whole_records_with_their_source(starter: Assistant) -> None:
    retriever = ProcedureRetriever(assistant=starter, k=3)

    documents = retriever.invoke("làm giấy khai sinh cho con")

    assert len(documents) == 3
    assert documents[0].metadata["code"] == "1.001193"
    assert documents[0].metadata["source"].startswith("https://")
    assert "Giấy chứng sinh — bản chính: 1" in documents[0].page_content


def test_fees_stand_in_the_document(starter: Assistant) -> None:
    best, *_ = ProcedureRetriever(assistant=starter).invoke("lệ phí đăng ký thường trú")

    assert numbers_in("10.000 20.000") <= numbers_in(best.page_content)


def test_an_off_topic_question_gets_no_documents(starter: Assistant) -> None:
    assert ProcedureRetriever(assistant=starter).invoke("giá vàng hôm nay bao nhiêu") == []


def test_it_joins_other_runnables(starter: Assistant) -> None:
    from langchain_core.runnables import RunnableLambda

    codes = ProcedureRetriever(assistant=starter, k=1) | RunnableLambda(
        lambda documents: [document.metadata["code"] for document in documents]
    )

    assert codes.invoke("đăng ký khai sinh") == ["1.001193"]


def test_the_documents_example_runs(
    starter: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    block = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    monkeypatch.setattr("assistant.bootstrap.build_assistant", lambda settings: starter)
    monkeypatch.setattr(starter, "close", lambda: None)

    exec(compile(block[1], "docs/langchain.md", "exec"), {})

    assert "1.001193" in capsys.readouterr().out
    assert len(block[1].strip().splitlines()) <= 10


def test_the_document_names_every_setting() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [f for f in AssistantSettings.model_fields if f"MOTCUA_{f.upper()}`" not in text] == []
