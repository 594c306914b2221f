"""What the browser tests do again and again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


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
