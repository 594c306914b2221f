"""A real server on a free port and a real Chromium."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# The packages are importable without being installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from assistant.dossier.service import Dossiers
from bots.web.app import create_app
from tests.dossiers import dossiers_at
from tests.web.fakes import FakeAssistant, catalog_at

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {390: 844, 1280: 900}
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAssistant]:
    catalog = catalog_at(tmp_path_factory.mktemp("web"))
    yield FakeAssistant(catalog)
    catalog.close()


@pytest.fixture(scope="session")
def dossiers(
    assistant: FakeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dossiers]:
    made = dossiers_at(tmp_path_factory.mktemp("dossiers"), assistant.catalog)
    yield made
    made.close()


@pytest.fixture(scope="session")
def address(assistant: FakeAssistant, dossiers: Dossiers) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(assistant, dossiers)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"These tests need Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=SIZES, ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def open_page(chromium: Browser, address: str, width: int) -> Iterator[OpenPage]:
    """Opens a path in a fresh context; afterwards, no page may have reported an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(path: str = "/", **options: object) -> Page:
        size = {"width": width, "height": SIZES[width]}
        more = {"viewport": size, "reduced_motion": "reduce", "locale": "vi-VN"} | options
        context = chromium.new_context(base_url=address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [c for c in complaints if "ERR_INTERNET_DISCONNECTED" not in c] == []
