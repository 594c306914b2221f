"""Headers, and that nothing from outside becomes markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import bots.web
from tests.web.fakes import CODE

WEB = Path(bots.web.__file__).parent
ADDRESSES = [
    "/",
    "/?q=khai+sinh",
    "/?q=hỏng",
    f"/thu-tuc/{CODE}",
    "/thu-tuc/none",
    f"/api/v1/procedures/{CODE}",
    "/ready",
    "/static/base.css",
    "/none",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_is_guarded(client: TestClient, address: str) -> None:
    headers = client.get(address).headers

    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in {"no-store", "no-cache"}


def test_the_stream_is_guarded(client: TestClient) -> None:
    headers = client.post("/api/v1/ask/stream", json={"text": "lệ phí"}).headers

    assert "content-security-policy" in headers


@pytest.mark.parametrize("address", ["/?q=khai+sinh", f"/thu-tuc/{CODE}", "/none"])
def test_pages_hold_no_inline_script_or_style(client: TestClient, address: str) -> None:
    page = client.get(address).text

    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []


def test_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    loaded = r"""(?:src|href)=["']?(?:https?:)?//|url\(|@import"""
    files = [*(WEB / "templates").iterdir(), *(WEB / "static").iterdir()]

    assert [f.name for f in files if re.search(loaded, f.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("sink", ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval("])
def test_scripts_never_make_markup_of_text(sink: str) -> None:
    scripts = [f.read_text(encoding="utf-8") for f in (WEB / "static").glob("*.js")]

    assert not any(sink in script for script in scripts)


def test_markup_in_question_and_answer_stays_text(client: TestClient) -> None:
    page = client.get("/", params={"q": "<script>alert(1)</script>"}).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;đậm&lt;/b&gt;" in page


def test_a_question_is_not_kept_by_caches(client: TestClient) -> None:
    assert client.get("/", params={"q": "khai sinh"}).headers["cache-control"] == "no-store"


def test_no_page_loads_documentation_from_a_cdn(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
