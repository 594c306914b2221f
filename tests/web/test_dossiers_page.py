"""The dossier page without JavaScript: every step is a plain form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.dossier.service import Dossiers
from bots.web.app import create_app
from tests.dossiers import dossiers_at
from tests.web.fakes import CODE, FakeAssistant, record

PAGE = f"/ho-so/{CODE}"
PAPERS = [one.name for one in record().cases[0].requirements]
COMPLETE = "Có đủ giấy tờ trong danh mục"


@pytest.fixture
def dossiers(assistant: FakeAssistant, tmp_path: Path) -> Iterator[Dossiers]:
    made = dossiers_at(tmp_path, assistant.catalog)
    yield made
    made.close()


@pytest.fixture
def client(assistant: FakeAssistant, dossiers: Dossiers) -> Iterator[TestClient]:
    with TestClient(create_app(assistant, dossiers)) as client:
        yield client


def send(client: TestClient, **named: str) -> str:
    parts = [("files", (f"{n}.jpg", w.encode(), "image/jpeg")) for n, w in named.items()]
    return client.post(PAGE, files=parts).text


def press(client: TestClient, **button: str) -> str:
    """Submit one of the page's forms, which send their parts as multipart."""
    return client.post(PAGE, files={k: (None, v) for k, v in button.items()}).text


def test_limits_and_retention_are_told_before_anything_is_sent(client: TestClient) -> None:
    page = client.get(PAGE).text

    assert "Nhiều nhất 20 tệp, mỗi tệp 20 MB, cả hồ sơ 60 trang" in page
    assert "tự xóa sau 24 giờ" in page
    assert 'enctype="multipart/form-data"' in page
    assert 'capture="environment"' in page
    assert "outcome" not in page


def test_files_sent_by_a_form_give_the_checklist(client: TestClient) -> None:
    page = send(client, a=PAPERS[0], b="mờ")

    assert 'data-outcome="incomplete"' in page
    assert 'data-verdict="present"' in page
    assert "Trang 1 của “b.jpg” bị nhòe" in page
    assert "/papers/supplement.pdf" in page
    assert COMPLETE not in page


def test_the_box_is_drawn_over_the_page(client: TestClient) -> None:
    page = send(client, a=PAPERS[0])

    assert re.search(r'<img src="/api/v1/dossiers/\w+/pages\?file=a\.jpg&amp;page=1"', page)
    assert '<rect x="9.00" y="9.00" width="52.00" height="7.00"/>' in page


def test_only_a_complete_dossier_is_called_complete(client: TestClient) -> None:
    before = send(client, **{f"p{n}": name for n, name in enumerate(PAPERS[:-1])})
    after = send(client, z=PAPERS[-1])

    assert COMPLETE not in before
    assert COMPLETE in after
    assert "Hồ sơ có hợp lệ hay không do cán bộ có thẩm quyền quyết định." in after
    assert "/papers/" not in after  # a receipt is an officer's to give


def test_a_question_is_answered_with_a_button(client: TestClient) -> None:
    page = send(client, a="x")
    assert '<button class="choice" name="answer" value="who=self">' in page

    assert 'name="answer"' not in press(client, answer="who=self")


def test_a_better_photo_replaces_the_page(client: TestClient) -> None:
    send(client, a="mờ")

    fields = {"replaces_file": (None, "a.jpg"), "replaces_page": (None, "1")}
    page = client.post(PAGE, files={**fields, "files": ("b.jpg", b"ro")}).text

    assert "bị nhòe" not in page


def test_a_file_is_removed_and_the_dossier_erased_with_a_receipt(client: TestClient) -> None:
    send(client, a=PAPERS[0], b="hai")

    without = press(client, remove="a.jpg")
    erased = press(client, erase="1")

    assert "a.jpg" not in without
    assert "Đã xóa 1 tệp, 1 trang" in erased
    assert re.search(r"Mã biên nhận:</?[^>]*>?\s*<span class=\"code\">[0-9a-f]{16}", erased) or (
        "Mã biên nhận:" in erased
    )
    assert "data-outcome" not in client.get(PAGE).text


def test_sending_nothing_is_told(client: TestClient) -> None:
    page = client.post(PAGE, files={"files": ("", b"")}).text

    assert "Bạn chưa chọn tệp nào." in page


def test_a_refused_file_is_named_with_what_to_do(client: TestClient) -> None:
    page = send(client, a="hỏng")

    assert "Tệp “a.jpg” bị hỏng" in page


def test_another_visitor_sees_an_empty_page(client: TestClient) -> None:
    send(client, a=PAPERS[0])
    client.cookies.clear()

    assert "a.jpg" not in client.get(PAGE).text


def test_the_page_is_never_kept_by_caches(client: TestClient) -> None:
    send(client, a=PAPERS[0])

    answer = client.get(PAGE)

    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", answer.text) == []


def test_the_page_speaks_english(client: TestClient) -> None:
    send(client, a=PAPERS[0])

    page = client.get(f"{PAGE}?lang=en").text

    assert "Not complete yet" in page
    assert "Erase the dossier" in page


def test_records_and_answers_lead_here(client: TestClient) -> None:
    link = f'href="{PAGE}"'

    assert link in client.get(f"/thu-tuc/{CODE}").text
    assert link in client.get("/", params={"q": "khai sinh"}).text
    assert link not in client.get("/", params={"q": "lệ phí"}).text


def test_an_unknown_procedure_has_no_page(client: TestClient) -> None:
    assert client.get("/ho-so/9.999999").status_code == 404
