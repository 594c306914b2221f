"""POST /api/v1/dossiers and its like: the contract, owners, limits, other sites, masking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.dossier.service import Dossiers
from bots.web import uploads
from bots.web.app import create_app
from bots.web.owners import COOKIE
from tests.dossiers import NUMBER, SECRET, SHEET, dossiers_at
from tests.web.fakes import CODE, FakeAssistant, record

PAPERS = [one.name for one in record().cases[0].requirements]
API = "/api/v1/dossiers"
Client = TestClient


@pytest.fixture
def dossiers(assistant: FakeAssistant, tmp_path: Path) -> Iterator[Dossiers]:
    made = dossiers_at(tmp_path, assistant.catalog)
    yield made
    made.close()


@pytest.fixture
def client(assistant: FakeAssistant, dossiers: Dossiers) -> Iterator[Client]:
    with TestClient(create_app(assistant, dossiers)) as client:
        yield client


def files(**named: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (f"{n}.jpg", w.encode(), "image/jpeg")) for n, w in named.items()]


def hand_in(client: Client, **named: str) -> dict[str, Any]:
    answer = client.post(API, files=[("procedure", (None, CODE)), *files(**named)])
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_handing_in_gives_the_report_of_the_contract(client: Client) -> None:
    report = hand_in(client, a=PAPERS[0])

    assert report["procedure"] == CODE
    assert report["outcome"] == "incomplete"
    wanted = {"id", "procedure", "case", "outcome", "requirements", "findings", "questions"}
    assert wanted | {"papers"} <= report.keys()
    assert report["requirements"][0]["verdict"] == "present"
    assert report["requirements"][0]["evidence"][0]["file"] == "a.jpg"


def test_answers_come_with_the_files_or_later(client: Client) -> None:
    both = {"procedure": CODE, "answers": json.dumps({"who": "self"})}
    first = client.post(API, data=both, files=files(a="x")).json()
    second = hand_in(client, a="x")

    later = client.post(f"{API}/{second['id']}/answers", json={"answers": {"who": "other"}})

    assert first["questions"] == later.json()["questions"] == []
    assert second["questions"][0]["id"] == "who"


def test_the_cookie_is_strict_and_hidden_from_scripts(client: Client) -> None:
    answer = client.post(API, data={"procedure": CODE}, files=files(a="x"))

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.casefold()


def test_a_stranger_finds_nothing(client: Client) -> None:
    dossier = hand_in(client, a=PAPERS[0])["id"]
    client.cookies.clear()

    for cookie in ("", "x" * 43):
        client.cookies.set(COOKIE, cookie)
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("GET", "/pages?file=a.jpg&page=1"),
            ("GET", "/papers/supplement.docx"),
            ("DELETE", "/files?name=a.jpg"),
        ):
            answer = client.request(method, f"{API}/{dossier}{path}")
            assert answer.status_code == 404
            assert answer.json() == client.get(f"{API}/{'0' * 32}").json()
        assert client.post(f"{API}/{dossier}/answers", json={"answers": {}}).status_code == 404
        assert client.post(f"{API}/{dossier}/files", files=files(b="x")).status_code == 404


def test_a_page_is_shown_and_a_paper_downloaded(client: Client) -> None:
    dossier = hand_in(client, a=PAPERS[0])["id"]

    picture = client.get(f"{API}/{dossier}/pages", params={"file": "a.jpg", "page": 1})
    paper = client.get(f"{API}/{dossier}/papers/supplement.docx")

    assert (picture.content, picture.headers["content-type"]) == (SHEET, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"
    assert paper.content == b"supplement docx incomplete"
    assert paper.headers["content-disposition"].startswith("attachment")
    for officers in ("receipt", "rejection"):
        assert client.get(f"{API}/{dossier}/papers/{officers}.docx").status_code == 404


def test_files_are_added_with_their_progress(client: Client) -> None:
    dossier = hand_in(client)["id"]

    stream = client.post(f"{API}/{dossier}/files", files=files(a=f"{PAPERS[0]}\nhai"))

    told = [block.split("\r\n") for block in stream.text.strip().split("\r\n\r\n")]
    events = [(lines[0], json.loads(lines[1].removeprefix("data: "))) for lines in told]
    assert events[:2] == [
        ("event: progress", {"file": "a.jpg", "stage": "read", "page": 1}),
        ("event: progress", {"file": "a.jpg", "stage": "read", "page": 2}),
    ]
    assert events[-1][0] == "event: report"
    assert events[-1][1]["requirements"][0]["verdict"] == "present"


def test_a_place_is_given_back_after_each_upload(client: Client) -> None:
    dossier = hand_in(client, a="x")["id"]

    for number in range(9):  # more than may be under way at once
        client.post(f"{API}/{dossier}/files", files=files(**{f"f{number}": f"trang {number}"}))
        client.post(f"{API}/{dossier}/files", content=b"", headers={"content-type": "text/plain"})

    assert len({one["file"] for p in client.get(f"{API}/{dossier}").json()["papers"]
                for one in p["pages"]}) == 10  # fmt: skip


def test_nothing_of_a_document_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    dossier = hand_in(client, **{f"CCCD {SECRET}": f"{SECRET} {NUMBER}"})["id"]
    client.get(f"{API}/{dossier}/pages", params={"file": "không có.jpg", "page": 1})
    client.delete(f"{API}/{dossier}")

    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert SECRET not in logged
    assert NUMBER not in logged


def test_a_file_is_removed_and_the_dossier_erased(client: Client) -> None:
    dossier = hand_in(client, a=PAPERS[0], b="hai")["id"]

    left = client.delete(f"{API}/{dossier}/files", params={"name": "a.jpg"}).json()
    receipt = client.delete(f"{API}/{dossier}").json()

    assert left["requirements"][0]["verdict"] == "missing"
    assert (receipt["files"], receipt["pages"]) == (1, 1)
    assert client.get(f"{API}/{dossier}").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://other.example"}, 403),
        ({"origin": "http://testserver"}, 201),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 201),
        ({}, 201),
    ],
)
def test_another_site_cannot_hand_in(client: Client, headers: dict[str, str], status: int) -> None:
    answer = client.post(API, data={"procedure": CODE}, files=files(a="x"), headers=headers)

    assert answer.status_code == status


def test_a_body_over_the_limit_is_refused_before_it_is_taken(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "BODY_MB", 0.01)
    taken = 0

    def body() -> Iterator[bytes]:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(1000):
            taken += 1
            yield b"0" * 1000

    form = {"content-type": "multipart/form-data; boundary=x"}
    streamed = client.post(API, content=body(), headers=form)
    told = client.post(API, data={"procedure": CODE}, files=files(a="x" * 20_000))

    assert streamed.status_code == told.status_code == 413
    assert "MB" in told.json()["error"]


def test_a_file_over_its_limit_takes_no_more_memory_than_the_limit(
    client: Client, dossiers: Dossiers, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    add = dossiers.add

    def watched(dossier: str, owner: str, handed: Any, *more: Any, **named: Any) -> Any:
        seen.extend(len(one.content) for one in handed)
        return add(dossier, owner, handed, *more, **named)

    monkeypatch.setattr(dossiers, "add", watched)
    dossiers.limits = dossiers.limits.model_copy(update={"file_mb": 0.001})

    hand_in(client, a="x" * 50_000)

    assert seen == [1001]


def test_files_beyond_the_number_allowed_are_named(client: Client, dossiers: Dossiers) -> None:
    dossiers.limits = dossiers.limits.model_copy(update={"files": 2})

    report = hand_in(client, a="một", b="hai", c="ba", d="bốn")

    refused = [one for one in report["unread"] if one["reason"] == "too_many_files"]
    assert [one["file"] for one in refused] == ["c.jpg", "d.jpg"]
    assert "đã đủ 2 tệp" in refused[0]["sentence"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"--x\r\nkaputt", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_what_is_no_form_is_refused_with_a_sentence(
    client: Client, content: bytes, kind: str
) -> None:
    answer = client.post(API, content=content, headers={"content-type": kind})

    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "fields",
    [
        {"procedure": "9.999999"},
        {},
        {"procedure": CODE, "case": "khong_co"},
        {"procedure": CODE, "answers": "[1]"},
        {"procedure": CODE, "answers": "{"},
    ],
)
def test_a_wrong_field_is_a_sentence(client: Client, fields: dict[str, str]) -> None:
    answer = client.post(API, data=fields, files=files(a="x"))

    assert answer.status_code == 422
    assert answer.json()["error"]


def test_numbers_of_people_are_masked(client: Client) -> None:
    report = hand_in(client, a=f"{PAPERS[0]} {NUMBER}")

    text = json.dumps(report, ensure_ascii=False)
    assert NUMBER not in text
    assert f"•••••••••{NUMBER[-3:]}" in text


def test_names_of_files_stay_names(client: Client) -> None:
    named = [("files", ("../../etc/<b>đơn</b>.jpg", b"x", "image/jpeg"))]

    dossier = client.post(API, data={"procedure": CODE}, files=named).json()["id"]

    page = client.get(f"/ho-so/{CODE}").text
    assert "&lt;b&gt;đơn" in page or "b&gt;.jpg" in page
    assert "<b>đơn" not in page
    assert dossier


def test_without_dossiers_there_are_no_such_pages(assistant: FakeAssistant) -> None:
    bare = TestClient(create_app(assistant))

    assert bare.get(f"/ho-so/{CODE}").status_code == 404
    assert bare.post(API).status_code in {404, 405}
