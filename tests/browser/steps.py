"""What the browser tests do again and again."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, Route, expect


def ask(page: Page, text: str) -> Locator:
    """Type a question, press Enter and wait for its answer."""
    before = page.locator(".turn").count()
    page.locator("#q").fill(text)
    page.keyboard.press("Enter")
    return answer_after(page, before)


def answer_after(page: Page, before: int) -> Locator:
    """The finished answer that follows `before` earlier turns."""
    expect(page.locator(".turn")).to_have_count(before + 1)
    answer = page.locator(".answer").last
    expect(answer).not_to_have_attribute("data-status", "waiting")
    expect(answer).to_have_attribute("data-status", re.compile("."))
    return answer


def has_no_sideways_scroll(page: Page) -> bool:
    """Whether the page fits its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def let_go(page: Page, held: list[Route], patience: float = 10.0) -> None:
    """Send on the request that a route holds, once the route has been given it.

    A page shows that it waits before the browser hands the request over: a test
    that looks at once may come too early. `patience` is in seconds.
    """
    until = time.monotonic() + patience
    while not held and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert held, "the page sent nothing that the route holds"
    held[0].continue_()
