"""axe-core finds nothing to complain about, in light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.steps import ask
from tests.web.fakes import CODE

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[Any]:
    """Rule and place of everything that axe-core objects to."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(
        """async () => (await axe.run(document, {runOnly: [
            "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"
        ]})).violations.map((v) => [v.id, v.help, v.nodes.map((n) => n.html.slice(0, 200))])"""
    )
    return found


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("path", ["/", "/?lang=en", f"/thu-tuc/{CODE}", f"/thu-tuc/{CODE}?lang=en"])
def test_pages_are_accessible(open_page: OpenPage, scheme: str, path: str) -> None:
    assert violations(open_page(path, color_scheme=scheme)) == []


def test_a_record_with_a_target_is_accessible(open_page: OpenPage, scheme: str) -> None:
    path = f"/thu-tuc/{CODE}#cases[0].requirements[2]"

    assert violations(open_page(path, color_scheme=scheme)) == []


def test_a_conversation_is_accessible(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    for text in ("Khai sinh cần giấy tờ nào?", "lệ phí", "điều kiện", "cần giấy gì", "hỏng"):
        ask(page, text)

    assert violations(page) == []


def test_an_open_quote_is_accessible(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, "lệ phí")

    page.get_by_role("button", name="Nguồn 6").click()

    assert violations(page) == []


def test_waiting_and_offline_are_accessible(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.context.set_offline(True)

    ask(page, "lệ phí")

    assert violations(page) == []
