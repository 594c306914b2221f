"""Questions over HTTP: one answer, or its blocks as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from assistant.models import Answer, Question
from bots.web.answering import Answering, GivenAnswering
from bots.web.failures import failed_answer
from bots.web.parsing import QUESTION_BODY, AskedQuestion

router = APIRouter(prefix="/api/v1")


@router.post("/ask", openapi_extra=QUESTION_BODY, response_model=Answer)
async def ask(question: AskedQuestion, answering: GivenAnswering) -> Response:
    """The answer to a question."""
    answer = await answering.reply(question)
    # Written out at once: an Answer has been validated, once more would cost as much as a search.
    return Response(answer.model_dump_json(), media_type="application/json")


@router.post("/ask/stream", openapi_extra=QUESTION_BODY)
async def ask_stream(question: AskedQuestion, answering: GivenAnswering) -> EventSourceResponse:
    """Events `block` as blocks come, then `answer`; `error` with a failed answer instead."""
    return EventSourceResponse(_events(answering, question))


async def _events(answering: Answering, question: Question) -> AsyncIterator[ServerSentEvent]:
    """Each part as soon as the assistant lets it go: with a language model, checked sentences."""
    try:
        async for part in answering.stream(question):
            event = "answer" if isinstance(part, Answer) else "block"
            yield ServerSentEvent(part.model_dump_json(), event=event)
    except Exception as error:  # the response has begun: no middleware can answer any more
        failed = failed_answer(error, question.language or "vi")
        yield ServerSentEvent(failed.model_dump_json(), event="error")
