"""Builds the web application around an assistant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from assistant.dossier.service import Dossiers
from assistant.errors import DossierError
from bots.web.answering import AT_ONCE, Answering, Place
from bots.web.failures import CatchFailures, refuse, refuse_dossier, refuse_parameters
from bots.web.headers import SecurityHeaders
from bots.web.routes import ask, chat, dossier_page, health, procedures
from bots.web.routes import dossiers as dossier_api
from bots.web.seam import Readiness, WebAssistant
from bots.web.static_files import RevalidatedFiles

__all__ = ["Readiness", "WebAssistant", "create_app"]

_UPLOADS = 4  # at once; each may hold a whole body in memory
STATIC = Path(__file__).parent / "static"


def create_app(
    assistant: WebAssistant,
    dossiers: Dossiers | None = None,
    at_once: int = AT_ONCE,
    beside: Sequence[Place] = (),
) -> FastAPI:
    """The application; it keeps no state of its own beside `assistant` and `dossiers`. It answers
    `at_once` questions at a time, and more in the processes `beside`."""
    app = FastAPI(
        title="Một Cửa",
        # The stock documentation pages load scripts from a CDN, which our policy forbids.
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SecurityHeaders), Middleware(CatchFailures)],
        exception_handlers={
            HTTPException: refuse,
            RequestValidationError: refuse_parameters,
            DossierError: refuse_dossier,
        },
    )
    app.state.assistant = assistant
    app.state.answering = Answering(assistant, at_once, beside)
    for routes in (chat, ask, procedures, health):
        app.include_router(routes.router)
    if dossiers is not None:
        _serve_dossiers(app, dossiers)
    app.mount("/static", RevalidatedFiles(directory=STATIC), name="static")
    return app


def _serve_dossiers(app: FastAPI, dossiers: Dossiers) -> None:
    app.state.dossiers = dossiers
    app.state.uploads = asyncio.Semaphore(_UPLOADS)
    for routes in (dossier_page, dossier_api):
        app.include_router(routes.router)
