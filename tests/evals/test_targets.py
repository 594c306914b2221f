"""What can be graded: our servers, rivals behind HTTP, baselines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.models import Status
from evals.errors import EvalError, TargetError
from evals.targets import NAMED, open_target
from evals.targets.baselines import exact_words_baseline, usual_recipe_baseline
from evals.targets.endpoint import Endpoint, HttpTarget, read_endpoint
from evals.targets.server import Server
from evals.targets.target import Tells
from knowledge.settings import KnowledgeSettings
from tests.evals.grades import FEES, answer, case
from tests.fakes import FakeEmbedder, code, procedure

Handler = Callable[[httpx.Request], httpx.Response]
URL = "https://bot.example/api"


class Waits(list[float]):
    """Collects the pauses instead of taking them."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(handler: Handler) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


def endpoint(**values: Any) -> Endpoint:
    return Endpoint.model_validate({"name": "bot", "url": URL, "text": "text", **values})


def rival(handler: Handler, waits: Waits | None = None, **values: Any) -> HttpTarget:
    return HttpTarget(endpoint(**values), client(handler), {}, Waits() if waits is None else waits)


def replying(found: object) -> Handler:
    return lambda _: httpx.Response(200, json=found)


def test_a_rival_is_read_by_its_paths() -> None:
    found = {
        "data": [{"say": "Phí 5.000 đồng [1]", "proc": code(1), "state": "ok"}],
        "src": [{"quote": "5.000 đồng", "url": "https://x.example"}],
        "hits": [{"code": code(1)}, {"code": code(2)}],
        "use": {"total": 42, "usd": 0.01},
    }
    target = rival(
        replying(found),
        text="data[0].say",
        code="data[0].proc",
        status="data[0].state",
        statuses={"ok": "answered"},
        citations="src",
        ranked="hits",
        tokens="use.total",
        cost="use.usd",
    )

    reply = target.ask(case())

    assert (reply.text, reply.code, reply.status) == (
        "Phí 5.000 đồng [1]",
        code(1),
        Status.ANSWERED,
    )
    assert reply.ranked == (code(1), code(2))
    assert reply.citations is not None
    assert (reply.citations[0].n, reply.citations[0].quote) == (1, "5.000 đồng")
    assert (reply.tokens, reply.cost) == (42, 0.01)
    assert target.tells == {Tells.STATUS, Tells.CODE, Tells.RANKED, Tells.CITATIONS}


def test_what_a_rival_does_not_tell_is_none() -> None:
    reply = rival(replying({"text": "…"})).ask(case())

    assert (reply.status, reply.code, reply.ranked, reply.citations, reply.tokens) == (None,) * 5


def test_a_status_may_be_read_from_the_words() -> None:
    patterns = {"not_found": "chưa có thông tin", "refused": "không thể giúp"}

    def status(text: str) -> Status | None:
        return rival(replying({"text": text}), status_patterns=patterns).ask(case()).status

    assert status("Tôi CHƯA CÓ thông tin.") is Status.NOT_FOUND
    assert status("Phí là 5.000 đồng.") is Status.ANSWERED


def test_all_turns_go_into_one_conversation_and_unset_slots_are_left_out() -> None:
    bodies: list[dict[str, Any]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"text": f"đáp {len(bodies)}"})

    body = {"q": "hỏi: {text}", "c": "{conversation}", "lang": "{language}", "day": "{as_of}"}
    target = rival(handler, body=body)
    reply = target.ask(case(turns=["một", "hai"], as_of=date(2026, 8, 1)))
    target.ask(case())

    assert reply.text == "đáp 2"
    assert [sent["q"] for sent in bodies] == ["hỏi: một", "hỏi: hai", "hỏi: thả diều"]
    assert bodies[0]["c"] == bodies[1]["c"] != bodies[2]["c"]
    assert bodies[0]["day"] == "2026-08-01"
    assert "lang" not in bodies[0]
    assert Tells.CONVERSATION in target.tells


def test_passing_failures_are_tried_again_ever_later_then_told() -> None:
    answers = iter([httpx.Response(503), httpx.Response(429, headers={"Retry-After": "7"})])
    waits = Waits()
    target = rival(
        lambda _: next(answers, httpx.Response(200, json={"text": "đây"})), waits, per_minute=1e6
    )

    assert target.ask(case()).text == "đây"
    assert [wait for wait in waits if wait >= 0.5] == [0.5, 7.0]

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    with pytest.raises(TargetError, match=r"after 3 tries: ConnectError: nobody there"):
        rival(broken, retries=2).ask(case())


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (httpx.Response(401), "refused the question: HTTP 401"),
        (httpx.Response(200, text="<html>"), "not JSON"),
        (httpx.Response(200, json={"txt": "…"}), "has no text at text"),
        (httpx.Response(200, json=[1, 2]), "has no text at text"),
    ],
)
def test_an_answer_that_is_none_is_a_failure_at_once(response: httpx.Response, told: str) -> None:
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return response

    with pytest.raises(TargetError, match=told):
        rival(handler).ask(case())
    assert len(asked) == 1


def test_requests_are_no_faster_than_allowed() -> None:
    waits = Waits()
    target = rival(replying({"text": "…"}), waits, per_minute=60)

    for _ in range(3):
        target.ask(case())

    assert [round(wait) for wait in waits] == [1, 2]  # from the first request on


def test_headers_come_from_the_environment_and_stay_out_of_the_records() -> None:
    described = endpoint(headers={"Authorization": "Bearer ${BOT_TOKEN}"})

    with pytest.raises(EvalError, match="BOT_TOKEN"):
        HttpTarget(described, environment={})
    target = HttpTarget(described, environment={"BOT_TOKEN": "s3cret"})
    assert "s3cret" not in str(dict(target.identity()))
    target.close()


def test_a_description_is_refused_by_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("name: bot\nurl: bot.example\ntext: t\nretry: 3\n", encoding="utf-8")

    with pytest.raises(EvalError, match=r"bot\.yaml does not describe.*url.*retry"):
        read_endpoint(path)
    with pytest.raises(EvalError, match="no such file"):
        read_endpoint(tmp_path / "none.yaml")


def test_a_server_is_asked_by_its_contract() -> None:
    seen: list[dict[str, Any]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        assert request.url == "http://127.0.0.1:8000/api/v1/ask"
        return httpx.Response(200, content=answer(FEES).model_dump_json())

    target = Server("http://127.0.0.1:8000/", client(handler), Waits())
    reply = target.ask(case(turns=["một", "hai"]))

    assert (reply.text, reply.code, len(reply.before)) == (FEES, code(1), 1)
    assert seen[0]["conversation"] == seen[1]["conversation"]
    assert "as_of" not in seen[0]


@pytest.mark.parametrize(
    "body",
    [answer("hỏng", status=Status.FAILED).model_dump_json(), '{"text": "khác"}'],
    ids=["failed", "no answer"],
)
def test_a_server_that_fails_or_answers_otherwise_is_an_error(body: str) -> None:
    target = Server("http://127.0.0.1:8000", client(lambda _: httpx.Response(200, content=body)))

    with pytest.raises(TargetError):
        target.ask(case())


RECORDS = (
    procedure(1, steps=["Nộp đơn thả diều ở bãi sông."]),
    procedure(2, name="Cấp giấy câu cá", steps=["Nộp đơn câu cá ở bến đò."]),
)


def test_exact_words_answers_with_the_record_that_has_them() -> None:
    target = exact_words_baseline(RECORDS, {"corpus": "c"})

    reply = target.ask(case(turns=["câu cá ở bến đò"]))

    assert reply.code == code(2)
    assert reply.ranked is not None
    assert set(reply.ranked) == {code(1), code(2)}
    assert "Nộp đơn câu cá" in reply.text


def test_the_usual_recipe_answers_with_its_nearest_chunks(tmp_path: Path) -> None:
    target = usual_recipe_baseline(RECORDS, FakeEmbedder(), tmp_path, {"corpus": "c"})

    reply = target.ask(case(turns=["câu cá"]))

    assert reply.code in {code(1), code(2)}
    assert "Nộp đơn" in reply.text
    assert reply.elapsed_ms is not None


def test_a_target_nobody_knows_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    settings = KnowledgeSettings(data_dir=tmp_path, _env_file=None)

    with pytest.raises(EvalError, match=", ".join(NAMED)):
        open_target("chatbot", settings)
    assert isinstance(open_target("http://127.0.0.1:1", settings), Server)


def test_an_assistant_without_an_index_is_not_graded(tmp_path: Path) -> None:
    settings = KnowledgeSettings(data_dir=tmp_path, _env_file=None)

    with pytest.raises(EvalError, match="Not fit to be graded"):
        open_target("in_process", settings)
