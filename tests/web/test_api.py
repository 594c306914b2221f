"""POST /api/v1/ask and /ask/stream, GET /api/v1/procedures, and what they refuse."""

from __future__ import annotations

import json
import logging

import pytest
from starlette.testclient import TestClient

from assistant.models import Answer, Block, Status
from tests.web.fakes import CODE, SECRET, FakeAssistant, record

ASK, STREAM = "/api/v1/ask", "/api/v1/ask/stream"


def events_of(text: str) -> list[tuple[str, str]]:
    """(event, data) of a server-sent stream."""
    parts = [part for part in text.replace("\r\n", "\n").split("\n\n") if "event:" in part]
    fields = [dict(line.split(": ", 1) for line in part.splitlines()) for part in parts]
    return [(field["event"], field["data"]) for field in fields]


def test_answer_is_the_models_own_json(client: TestClient) -> None:
    response = client.post(ASK, json={"text": "Khai sinh cần giấy tờ gì?"})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = Answer.model_validate(response.json())
    assert response.json() == answer.model_dump(mode="json")
    assert answer.status is Status.ANSWERED


def test_every_field_of_a_question_reaches_the_assistant(
    client: TestClient, assistant: FakeAssistant
) -> None:
    asked = {
        "text": "lệ phí",
        "conversation": "c1",
        "code": CODE,
        "case": "tat_ca",
        "language": "en",
        "as_of": "2026-07-01",
    }

    client.post(ASK, json=asked)

    assert assistant.asked[0].model_dump(mode="json") == asked


def test_blocks_stream_before_the_whole_answer(client: TestClient) -> None:
    response = client.post(STREAM, json={"text": "lệ phí"})

    *blocks, (last, whole) = events_of(response.text)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert {name for name, _ in blocks} == {"block"}
    assert last == "answer"
    answer = Answer.model_validate_json(whole)
    assert [Block.model_validate_json(data) for _, data in blocks] == list(answer.blocks)


def test_a_failure_streams_as_an_error_event(client: TestClient) -> None:
    response = client.post(STREAM, json={"text": "hỏng"})

    ((name, data),) = events_of(response.text)
    assert name == "error"
    assert json.loads(data)["status"] == "failed"


@pytest.mark.parametrize("address", [ASK, STREAM])
def test_a_failure_is_logged_without_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.DEBUG)

    client.post(address, json={"text": f"hỏng {SECRET}"})

    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("language", "word"), [("vi", "Xin lỗi"), ("en", "Sorry")])
def test_a_failure_is_a_failed_answer_in_the_language_asked(
    client: TestClient, language: str, word: str
) -> None:
    response = client.post(ASK, json={"text": "hỏng", "language": language})

    assert response.status_code == 500
    answer = Answer.model_validate(response.json())
    assert answer.status is Status.FAILED
    assert answer.text.startswith(word)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 3}, "text"),
        ({"text": "a" * 4001}, "text"),
        ({"text": "a", "code": "1" * 41}, "code"),
        ({"text": "a", "conversation": "c" * 65}, "conversation"),
        ({"text": "a", "language": "fr"}, "language"),
        ({"text": "a", "as_of": "hôm qua"}, "as_of"),
        ({"text": "a", "as_of": "2026-02-30"}, "as_of"),
        ([], "body"),
    ],
)
@pytest.mark.parametrize("address", [ASK, STREAM])
def test_a_malformed_question_is_refused_naming_the_field(
    client: TestClient, address: str, body: object, field: str
) -> None:
    response = client.post(address, json=body)

    assert response.status_code == 422
    assert f"{field}: " in response.json()["error"]
    assert [wrong["field"] for wrong in response.json()["fields"]] == [field]
    assert "giá trị không hợp lệ" not in response.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"text": "\\ud800"}', b"null"])
def test_what_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post(ASK, content=body)

    assert response.status_code == 422
    assert response.json()["error"].startswith("Chưa hiểu được")


def test_refusals_speak_the_language_of_the_body(client: TestClient) -> None:
    response = client.post(ASK, json={"text": "", "language": "en"})

    assert "text: must not be empty" in response.json()["error"]


def test_a_refusal_does_not_repeat_what_was_sent(client: TestClient) -> None:
    response = client.post(ASK, json={"text": SECRET * 300})

    assert SECRET not in response.text


@pytest.mark.parametrize("address", [ASK, STREAM])
def test_a_large_body_is_refused(
    client: TestClient, assistant: FakeAssistant, address: str
) -> None:
    response = client.post(address, content=b'{"text": "' + b"a" * 65536 + b'"}')

    assert response.status_code == 413
    assert "64 KB" in response.json()["error"]
    assert assistant.asked == []


def test_a_procedure_comes_with_its_version(client: TestClient) -> None:
    data = client.get(f"/api/v1/procedures/{CODE}").json()

    assert data["procedure"] == record().model_dump(mode="json")
    assert (data["code"], data["version"], data["origin"]) == (CODE, 1, "curated")
    assert data["valid_from"] == "2026-06-01"
    assert data["review"] is None


@pytest.mark.parametrize("path", ["9.999999", f"{CODE}?as_of=1990-01-01"])
def test_an_unknown_procedure_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(f"/api/v1/procedures/{path}")

    assert response.status_code == 404
    assert response.json()["error"].startswith("Không có thủ tục mã")


def test_a_wrong_day_is_refused(client: TestClient) -> None:
    response = client.get(f"/api/v1/procedures/{CODE}?as_of=mai")

    assert response.status_code == 422
    assert "as_of: phải là ngày" in response.json()["error"]


def test_an_unknown_address_of_the_api_is_refused_in_json(client: TestClient) -> None:
    assert "error" in client.get("/api/v1/nothing").json()
    assert client.get(ASK).status_code == 405


def test_the_schema_describes_the_question(client: TestClient) -> None:
    body = client.get("/openapi.json").json()["paths"][ASK]["post"]["requestBody"]

    assert "text" in body["content"]["application/json"]["schema"]["properties"]
