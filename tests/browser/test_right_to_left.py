"""An answer in Urdu is read from right to left, its neighbours in Vietnamese from left to right."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import ask
from tests.web.fakes import URDU_FEE, URDU_QUESTION

pytestmark = pytest.mark.browser


def direction(part: Locator) -> str:
    return str(part.evaluate("(element) => getComputedStyle(element).direction"))


def test_urdu_runs_from_right_to_left_beside_vietnamese(open_page: OpenPage) -> None:
    page = open_page("/")

    answer = ask(page, URDU_QUESTION)

    line = answer.locator(".line", has_text=URDU_FEE)
    expect(line).to_have_count(1)
    assert direction(line) == "rtl"
    assert direction(answer.locator(".line").last) == "ltr"
    assert direction(page.locator("h2.question").last) == "rtl"


def test_what_is_typed_runs_as_its_letters_do(open_page: OpenPage) -> None:
    page = open_page("/")

    page.locator("#q").fill(URDU_QUESTION)
    urdu = direction(page.locator("#q"))
    page.locator("#q").fill("khai sinh")

    assert (urdu, direction(page.locator("#q"))) == ("rtl", "ltr")
