"""Draws docs/chat.png: the real page, a real question. Needs `motcua serve` on port 8000.

python tools/screenshot.py [URL] [OUTPUT] [WIDTH]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

QUESTION = "lam giay khai sinh cho con can nhung gi"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def main() -> None:
    """Ask the question of the README and photograph the answer."""
    url, output, width = (*sys.argv[1:], *("http://127.0.0.1:8000/", "docs/chat.png", "1280"))[:3]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": int(width), "height": 900})
        page.goto(url)
        page.get_by_role("textbox").fill(QUESTION)
        page.get_by_role("textbox").press("Enter")
        page.get_by_text("Giấy chứng sinh").first.wait_for()
        page.wait_for_timeout(500)
        page.screenshot(path=Path(output))
        browser.close()


if __name__ == "__main__":
    main()
