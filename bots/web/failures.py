"""Everything that is not an answer: refusals with a sentence, and failures caught at the edge."""

from __future__ import annotations

import logging
import traceback
from typing import cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import DossierNotFound, PaperError, TooManyDossiers, VaultError
from assistant.models import Answer, Block, BlockKind, Language, Line, Status
from bots.web.pages import message_page
from bots.web.parsing import InvalidQuestion, sentence
from bots.web.strings import language_of, strings

log = logging.getLogger(__name__)


def failed_answer(error: Exception, language: Language) -> Answer:
    """Log where `error` arose and apologise. Its message is not logged: it may quote a question."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
    log.error("%s at %s", type(error).__name__, places)
    text = strings(language)["failed"]
    block = Block(kind=BlockKind.TEXT, lines=(Line(text=text),))
    return Answer(status=Status.FAILED, text=text, blocks=(block,), language=language)


async def refuse(request: Request, error: Exception) -> Response:
    """404, 413, 422 and their like: JSON for the API, a page for a person."""
    refusal = cast(HTTPException, error)
    language = language_of(request.query_params.get("lang"))
    known = {404: "not_found_page", 405: "wrong_method"}.get(refusal.status_code)
    own_words = refusal.detail not in {"Not Found", "Method Not Allowed"}
    message = refusal.detail if own_words or not known else strings(language)[known]
    if not _is_api(request.url.path):
        return message_page(request, message, refusal.status_code)
    content: dict[str, object] = {"error": message}
    if isinstance(refusal, InvalidQuestion):
        content["fields"] = refusal.fields
    return JSONResponse(content, refusal.status_code, headers=refusal.headers)


async def refuse_parameters(request: Request, error: Exception) -> Response:
    """A 422 for a wrong query parameter, naming it."""
    language = language_of(request.query_params.get("lang"))
    mistakes = cast(RequestValidationError, error).errors()
    fields = [(str(m["loc"][-1]), sentence(m["type"], m.get("ctx"), language)) for m in mistakes]
    return await refuse(request, InvalidQuestion(fields, language))


async def refuse_dossier(request: Request, error: Exception) -> Response:
    """What a dossier cannot do: somebody else's is not found, a wrong state is a conflict."""
    words = strings(language_of(request.query_params.get("lang")))
    if isinstance(error, DossierNotFound):
        return await refuse(request, HTTPException(404, words["no_dossier"]))
    if isinstance(error, TooManyDossiers):
        told = words["too_many_dossiers"].format(n=error.most)
        return await refuse(request, HTTPException(429, told))
    if isinstance(error, VaultError):
        log.error("%s", type(error).__name__)
        return await refuse(request, HTTPException(503, words["failed"]))
    return await refuse(request, HTTPException(_STATUS.get(type(error), 422), str(error)))


_STATUS: dict[type[Exception], int] = {PaperError: 409}


class CatchFailures:
    """Turns an unexpected exception into a `failed` answer, once, for every route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it when the route could not."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            response = _failure(Request(scope), error)
            await response(scope, receive, send)


def _failure(request: Request, error: Exception) -> Response:
    named = request.query_params.get("lang") or getattr(request.state, "language", None)
    answer = failed_answer(error, language_of(named))
    if _is_api(request.url.path):
        return Response(answer.model_dump_json(), 500, media_type="application/json")
    return message_page(request, answer.text, 500)


def _is_api(path: str) -> bool:
    return path.startswith("/api/")
