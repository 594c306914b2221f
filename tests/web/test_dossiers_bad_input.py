"""Whatever is sent to the routes of dossiers, the answer is a sentence and never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bots.web.app import create_app
from tests.dossiers import dossiers_at
from tests.web.fakes import CODE, FakeAssistant

API = "/api/v1/dossiers"
RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
# What a client library lets through into a header of its own: no line ends, no quotes.
NAMES = st.text(st.characters(exclude_characters='\r\n"', exclude_categories=("Cs",)), max_size=30)
PATHS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.fixture
def client(assistant: FakeAssistant, tmp_path: Path) -> Iterator[TestClient]:
    dossiers = dossiers_at(tmp_path, assistant.catalog, most=10_000)
    with TestClient(create_app(assistant, dossiers), raise_server_exceptions=False) as client:
        yield client
    dossiers.close()


def told(status: int, text: str) -> None:
    """Neither a failure nor a refusal without a sentence."""
    assert status < 500
    if status >= 400:
        assert json.loads(text)["error"]


@RELAXED
@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            "procedure": st.just(CODE) | ANY_TEXT,
            "case": ANY_TEXT,
            "answers": ANY_TEXT | ANY_JSON.map(json.dumps),
            "language": ANY_TEXT,
        },
    ),
    files=st.lists(st.tuples(NAMES, ANY_TEXT.map(str.encode)), max_size=3),
)
def test_any_form_is_answered(
    client: TestClient, fields: dict[str, str], files: list[tuple[str, bytes]]
) -> None:
    parts = [("files", (name, content, "image/jpeg")) for name, content in files]
    nothing = [("note", (None, ""))]

    answer = client.post(API, data=fields, files=parts or nothing)

    told(answer.status_code, answer.text)


@RELAXED
@given(st.binary(max_size=200), st.sampled_from(["x", "--", "", "y" * 70]))
def test_any_body_is_answered(client: TestClient, body: bytes, boundary: str) -> None:
    framed = f"--{boundary}\r\n".encode() + body + f"\r\n--{boundary}--".encode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}"}

    for content in (body, framed):
        answer = client.post(API, content=content, headers=kind)
        told(answer.status_code, answer.text)


@RELAXED
@given(
    method=st.sampled_from(["GET", "DELETE", "POST"]),
    dossier=PATHS | st.just("0" * 32),
    rest=st.sampled_from(["", "/files", "/answers", "/pages", "/papers/supplement.pdf"]),
    query=st.dictionaries(st.sampled_from(["file", "page", "name", "lang"]), ANY_TEXT),
    body=ANY_JSON,
)
def test_any_dossier_that_is_not_there_is_answered(
    client: TestClient, method: str, dossier: str, rest: str, query: dict[str, str], body: object
) -> None:
    text = json.dumps(body)
    path = f"{API}/{quote(dossier)}{rest}"

    answer = client.request(
        method, path, params=query, content=text, headers={"content-type": "application/json"}
    )

    told(answer.status_code, answer.text)


@RELAXED
@given(answers=ANY_JSON, file=ANY_TEXT, page=st.integers() | ANY_TEXT)
def test_any_question_about_a_dossier_of_ones_own_is_answered(
    client: TestClient, answers: object, file: str, page: object
) -> None:
    own = client.post(API, files=[("procedure", (None, CODE))]).json()["id"]

    for answer in (
        client.post(f"{API}/{own}/answers", content=json.dumps({"answers": answers})),
        client.get(f"{API}/{own}/pages", params={"file": file, "page": str(page)}),
        client.delete(f"{API}/{own}/files", params={"name": file}),
    ):
        told(answer.status_code, answer.text)


def test_a_visitor_may_keep_only_so_many_dossiers(assistant: FakeAssistant, tmp_path: Path) -> None:
    dossiers = dossiers_at(tmp_path, assistant.catalog, most=2)
    client = TestClient(create_app(assistant, dossiers))
    other = TestClient(create_app(assistant, dossiers))
    first, second, third = (client.post(API, data={"procedure": CODE}, files=ONE) for _ in "123")

    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 429)
    assert "2 hồ sơ" in third.json()["error"]
    assert other.post(API, data={"procedure": CODE}, files=ONE).status_code == 201
    client.delete(f"{API}/{first.json()['id']}")
    assert client.post(API, data={"procedure": CODE}, files=ONE).status_code == 201
    dossiers.close()


ONE = [("files", ("a.jpg", b"x", "image/jpeg"))]
