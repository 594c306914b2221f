"""Builds the web application around an assistant."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from bots.web.failures import CatchFailures, refuse, refuse_parameters
from bots.web.headers import SecurityHeaders
from bots.web.routes import ask, chat, health, procedures
from bots.web.seam import Readiness, WebAssistant
from bots.web.static_files import RevalidatedFiles

__all__ = ["Readiness", "WebAssistant", "create_app"]

STATIC = Path(__file__).parent / "static"


def create_app(assistant: WebAssistant) -> FastAPI:
    """The application; it keeps no state of its own beside `assistant`."""
    app = FastAPI(
        title="Một Cửa",
        # The stock documentation pages load scripts from a CDN, which our policy forbids.
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SecurityHeaders), Middleware(CatchFailures)],
        exception_handlers={HTTPException: refuse, RequestValidationError: refuse_parameters},
    )
    app.state.assistant = assistant
    for routes in (chat, ask, procedures, health):
        app.include_router(routes.router)
    app.mount("/static", RevalidatedFiles(directory=STATIC), name="static")
    return app
