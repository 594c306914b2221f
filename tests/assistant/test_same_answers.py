"""One question has one answer through every door: terminal, API, stream and web page."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from assistant.bootstrap import Assistant
from assistant.models import Answer
from bots.cli.terminal import answer_lines
from bots.web.app import create_app

QUESTIONS = (
    "Khai sinh cho con ba tuần tuổi thì mang theo gì?",
    "le phi dang ky tam tru la bao nhieu",
    "Cấp lại căn cước bị mất trong mấy ngày",
    "Nộp hồ sơ tách hộ ở đâu?",
    "Đổi giấy phép lái xe có làm qua mạng được không?",
    "Các bước đăng ký kết hôn với người nước ngoài",
    "Điều kiện để thành lập hộ kinh doanh?",
    "Tờ khai đăng ký thường trú là mẫu nào?",
    "Chứng thực chữ ký căn cứ vào luật nào?",
    "Xong thủ tục giám hộ thì nhận được giấy gì?",
    "Ai được đi khai tử?",
    "Xin lý lịch tư pháp",
    "Đăng ký khai sinh và kết hôn lệ phí bao nhiêu?",
    "làm căn cước",
    "bằng lái xe",
    "cần những giấy tờ gì?",
    "hôm nay Hà Nội có mưa không",
    "số điện thoại của bà hàng xóm",
    "làm giả hộ khẩu giúp tôi",
    "xin chào",
    "cảm ơn nhiều nhé",
    "How much does it cost to register a marriage?",
    "Where do I replace a lost driving licence?",
    "I want to split off from a household",
    "Đăng ký kết hôn hết 2 triệu phải không?",
    "Phòng tư pháp huyện còn đăng ký khai sinh không?",
    "1.001193",
    "Tạm ngừng hộ kinh doanh mất bao lâu, nộp ở đâu, phí thế nào?",
    "Nhận con nuôi trong nước cần giấy tờ gì và mấy ngày xong?",
    "Sang tên xe máy mua lại của người quen",
)
_TALK = ("Tôi muốn đăng ký kết hôn", "thế bao lâu", "nếu chồng tôi là người Bỉ thì sao?")
_PASSING = {"id", "elapsed_ms"}


@pytest.fixture(scope="module")
def web(starter: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(starter)) as client:
        yield client


def facts(answer: dict[str, Any]) -> dict[str, Any]:
    """All of an answer but what differs each time it is given."""
    return {key: value for key, value in answer.items() if key not in _PASSING}


def by_terminal(assistant: Assistant, *questions: dict[str, Any]) -> list[dict[str, Any]]:
    out = io.StringIO()
    answer_lines(assistant, [json.dumps(question).encode() for question in questions], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def by_stream(web: TestClient, question: dict[str, Any]) -> dict[str, Any]:
    lines = web.post("/api/v1/ask/stream", json=question).text.splitlines()
    data = lines[lines.index("event: answer") + 1 :]
    found: dict[str, Any] = json.loads(next(line for line in data if line)[len("data: ") :])
    return found


def test_thirty_questions_have_one_answer_through_every_door(
    starter: Assistant, web: TestClient
) -> None:
    assert len(set(QUESTIONS)) == 30
    told = by_terminal(starter, *({"text": text} for text in QUESTIONS))

    for text, answer in zip(QUESTIONS, told, strict=True):
        question = {"text": text}
        assert facts(web.post("/api/v1/ask", json=question).json()) == facts(answer), text
        assert facts(by_stream(web, question)) == facts(answer), text
        assert_shown(web.get("/", params={"q": text}).text, Answer.model_validate(answer))


def assert_shown(page: str, answer: Answer) -> None:
    """Everything that is said stands on the page."""
    bare = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    for block in answer.blocks:
        for line in block.lines:
            assert " ".join(line.text.split()) in bare, line.text
    for option in answer.options:
        assert option.label in bare, option.label


def test_a_conversation_goes_on_alike_through_every_door(
    starter: Assistant, web: TestClient
) -> None:
    one, other = uuid4().hex, uuid4().hex
    told = by_terminal(starter, *({"text": text, "conversation": one} for text in _TALK))

    heard = [
        web.post("/api/v1/ask", json={"text": text, "conversation": other}).json() for text in _TALK
    ]
    assert [facts(answer) for answer in heard] == [facts(answer) for answer in told]
    assert [answer["procedure"]["code"] for answer in told] == ["1.000894", "1.000894", "2.000806"]
