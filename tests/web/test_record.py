"""GET /thu-tuc/{code}: readable, and open to every citation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bots.web.app import create_app
from bots.web.wording import number
from knowledge.catalog import Origin
from knowledge.procedure import Procedure
from tests.web.fakes import CODE, RECORDS, FakeAssistant, catalog_at, record

CODES = sorted(path.stem for path in RECORDS.glob("*.yaml"))


def paths_of(value: Any, path: str = "") -> Iterator[str]:
    """Every field path of a dumped record that holds something, parents included."""
    if value is None or value == []:
        return
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_of(inner, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths_of(inner, f"{path}[{index}]")


FEE = {
    "amount": "8000.5",
    "unit": "bản",
    "name": "Phí",
    "condition": "nộp ở quầy",
    "exemption": "hộ nghèo",
    "note": "ghi chú",
    "disputed": True,
}
PAPER = {
    "name": "Đơn",
    "form_code": "CT01",
    "form_file": "ct01.docx",
    "originals": 2,
    "copies": 0,
    "certified": False,
    "handling": "present",
    "need": "alternative",
    "condition": "khi cần",
    "alternative_group": "g",
    "issuer": "Ủy ban",
    "replaced_by_data": "có dữ liệu",
    "note": "ghi chú",
    "rows": ["a56f2cbb"],
}
CHANNEL = {
    "kind": "direct",
    "fees": [FEE, {"note": "theo quy định"}],
    "note": "ghi chú",
    "time_limits": [{"number": 3, "unit": "day", "condition": "c", "note": "n"}],
}
EVERYTHING = {
    "competent_agency": "Bộ",
    "conditions": ["Đủ tuổi"],
    "regardless_of_boundary": True,
    "effective_from": "2026-01-01",
    "effective_to": "2099-01-01",
    "levels": ["province", "commune"],
    "differences": [{"field": "name", "reason": "gọn", "value": "1", "rows": ["a56f2cbb"]}],
    "channels": [CHANNEL],
    "cases": [
        {"id": "a", "name": "A", "question": "Có?", "requirements": [PAPER], "notes": ["n"]},
        {"id": "b", "name": "B", "requirements": [{"name": "Không ghi số bản"}]},
        {"id": "c", "name": "C", "requirements": [{"name": "0", "originals": 0, "copies": 0}]},
    ],
}


def full_record() -> Procedure:
    """A record with a value in every field of every part."""
    return Procedure.model_validate(record().model_dump(mode="json") | EVERYTHING)


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "id"]


def ids_in(page: str) -> list[str]:
    """All ids of a page in order."""
    parser = _Ids()
    parser.feed(page)
    return parser.found


def page_of(procedure: Procedure, folder: Path, query: str = "") -> str:
    """The record page of one procedure."""
    catalog = catalog_at(folder, procedure)
    page = TestClient(create_app(FakeAssistant(catalog))).get(f"/thu-tuc/{procedure.code}{query}")
    catalog.close()
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_field_path_has_one_anchor(tmp_path: Path, language: str) -> None:
    procedure = full_record()
    paths = set(paths_of(procedure.model_dump(mode="json")))

    ids = ids_in(page_of(procedure, tmp_path, f"?lang={language}"))

    assert paths - set(ids) == set()
    assert len(ids) == len(set(ids))


def test_every_record_of_the_starter_corpus_opens_at_every_citation(tmp_path: Path) -> None:
    records = [record(code) for code in CODES]
    catalog = catalog_at(tmp_path, *records)
    client = TestClient(create_app(FakeAssistant(catalog)))

    for procedure in records:
        ids = ids_in(client.get(f"/thu-tuc/{procedure.code}").text)
        assert set(paths_of(procedure.model_dump(mode="json"))) <= set(ids), procedure.code
        assert len(ids) == len(set(ids)), procedure.code
    catalog.close()


def test_the_page_tells_where_it_comes_from(client: TestClient) -> None:
    page = client.get(f"/thu-tuc/{CODE}").text

    source = record().source
    assert source is not None
    assert "Bản biên tập" in page
    assert f'href="{source.url}"' in page
    assert "01/06/2026" in page


def test_a_portal_record_is_called_so(tmp_path: Path, assistant: FakeAssistant) -> None:
    portal = record().model_copy(update={"code": "1.000001", "source": None})
    assistant.catalog.add([portal], Origin.PORTAL)

    page = TestClient(create_app(assistant)).get("/thu-tuc/1.000001").text

    assert "Bản ghi cổng" in page


def test_an_empty_field_says_so(client: TestClient) -> None:
    page = client.get(f"/thu-tuc/{CODE}").text

    assert '<p class="missing" id="conditions">Nguồn không ghi mục này.</p>' in page


def test_labels_follow_the_language(client: TestClient) -> None:
    page = client.get(f"/thu-tuc/{CODE}?lang=en").text

    assert '<html lang="en">' in page
    assert "Free of charge" in page
    assert "Birth registration" in page


def test_a_script_address_is_no_link(tmp_path: Path) -> None:
    source = record().source
    assert source is not None
    wrong = source.model_copy(update={"url": "javascript:alert(1)"})

    page = page_of(record().model_copy(update={"source": wrong}), tmp_path)

    assert 'href="javascript:' not in page


def test_markup_in_a_record_stays_text(tmp_path: Path) -> None:
    page = page_of(record().model_copy(update={"steps": ("<script>x</script>",)}), tmp_path)

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("path", ["9.999999", f"{CODE}?as_of=1990-01-01", "%3Cb%3E"])
def test_an_unknown_record_is_a_page_that_says_so(client: TestClient, path: str) -> None:
    response = client.get(f"/thu-tuc/{path}")

    assert response.status_code == 404
    assert "Không có thủ tục mã" in response.text
    assert "<b>" not in response.text


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ("8000", "vi", "8.000"),
        ("12345.50", "vi", "12.345,5"),
        ("12345.50", "en", "12,345.5"),
        ("100", "vi", "100"),
        ("1E+6", "vi", "1.000.000"),
    ],
)
def test_numbers_are_written_as_people_do(value: str, language: str, text: str) -> None:
    assert number(Decimal(value), language) == text
