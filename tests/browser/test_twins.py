"""templates/_answer.html and static/render.js draw the same turn."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.steps import ask

pytestmark = pytest.mark.browser

# Elements with their attributes and texts, less the prefix of ids and what only the server adds.
_SHAPE = """(html) => {
    const own = ["data-answer", "data-code"];
    const attribute = ({ name, value }) => `${name}=${value.replace(/^[ts]1-/, "")}`;
    const shape = (node) => node.nodeType === Node.TEXT_NODE ? node.data.trim() : [
        node.tagName,
        [...node.attributes].filter((a) => !own.includes(a.name)).map(attribute).sort(),
        [...node.childNodes].map(shape).filter((part) => part !== ""),
    ];
    const page = new DOMParser().parseFromString(html, "text/html");
    return shape(page.querySelector(".turn"));
}"""


def shape_of(page: Page, html: str) -> Any:
    """The tree of the only turn in `html`."""
    return page.evaluate(_SHAPE, html)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "text",
    ["Khai sinh?", "lệ phí", "các bước", "điều kiện", "cần giấy gì", "cấp cứu", "<script>"],
)
def test_server_and_script_draw_the_same(open_page: OpenPage, text: str, lang: str) -> None:
    page = open_page(f"/?lang={lang}")

    ask(page, text)
    served = page.request.get(f"/?lang={lang}&q={quote(text)}").text()

    assert shape_of(page, page.content()) == shape_of(page, served)
