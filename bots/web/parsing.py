"""A request body becomes a Question, within a size limit, or a refusal that a person can read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from assistant.models import Language, Question
from bots.web.strings import language_of, strings

BODY_LIMIT = 64 * 1024

QUESTION_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Question.model_json_schema()}},
    }
}


class InvalidQuestion(HTTPException):
    """A 422 whose detail names each wrong field."""

    def __init__(self, errors: list[tuple[str, str]], language: Language) -> None:
        message = strings(language)["invalid_question"].format(
            problems="; ".join(f"{field}: {sentence}" for field, sentence in errors)
        )
        super().__init__(422, message)
        self.fields = [{"field": field, "message": sentence} for field, sentence in errors]


async def question_of(request: Request) -> Question:
    """The Question in the body; raises HTTPException 413 or 422."""
    body = await _limited_body(request)
    try:
        question = Question.model_validate_json(body)
    except ValidationError as error:
        language = _language_in(body) or language_of(request.query_params.get("lang"))
        raise InvalidQuestion(sentences_of(error, language), language) from None
    request.state.language = question.language or "vi"
    return question


AskedQuestion = Annotated[Question, Depends(question_of)]


def sentences_of(error: ValidationError, language: Language) -> list[tuple[str, str]]:
    """(field, sentence) for each mistake; never the value, which may be personal."""
    return [
        (".".join(map(str, e["loc"])) or "body", sentence(e["type"], e.get("ctx"), language))
        for e in error.errors(include_url=False, include_input=False)
    ]


def sentence(kind: str, context: dict[str, object] | None, language: Language) -> str:
    """One kind of mistake in words."""
    words = strings(language)
    template = words.get(f"invalid_{kind}", words["invalid_other"])
    return template.format_map(context or {})


async def _limited_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            words = strings(language_of(request.query_params.get("lang")))
            raise HTTPException(413, words["too_large"])
    return bytes(body)


def _language_in(body: bytes) -> Language | None:
    try:
        data = from_json(body)
    except ValueError:
        return None
    named = data.get("language") if isinstance(data, dict) else None
    return language_of(named) if isinstance(named, str) else None
