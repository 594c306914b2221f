"""Sentences leave the server as the assistant lets them go, not when the answer is whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.models import Answer, Block, Question
from tests.web.fakes import FakeAssistant
from tests.web.test_api import STREAM, events_of


def test_what_was_checked_is_sent_though_a_later_part_fails(
    client: TestClient, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assistant.reply(Question(text="lệ phí")).blocks[0]

    def stream(question: Question) -> Iterator[Block | Answer]:
        yield first
        raise RuntimeError("the model fell over")

    monkeypatch.setattr(assistant, "stream", stream)
    events = events_of(client.post(STREAM, json={"text": "lệ phí"}).text)

    assert [name for name, _ in events] == ["block", "error"]
    assert Block.model_validate_json(events[0][1]) == first


def test_an_answer_ends_the_stream(client: TestClient) -> None:
    events = events_of(client.post(STREAM, json={"text": "điều kiện"}).text)

    assert [name for name, _ in events].count("answer") == 1
    assert events[-1][0] == "answer"
