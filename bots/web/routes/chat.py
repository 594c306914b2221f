"""The chat page; with `?q=` it answers on the server, so that it works without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse

from assistant.models import Language, Question
from bots.web.answering import GivenAnswering
from bots.web.pages import render
from bots.web.parsing import sentences_of
from bots.web.strings import language_of, strings

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
async def chat(
    request: Request,
    answering: GivenAnswering,
    q: str = "",
    code: str | None = None,
    case: str | None = None,
    lang: str = "vi",
) -> HTMLResponse:
    """The empty page, or one question with its answer."""
    page = "chat.html"
    if not q.strip():
        return render(request, page, question=None, answer=None, problem=None)
    language = language_of(lang)
    try:
        language_asked = asked_language(language)
        question = Question(text=q, code=code or None, case=case or None, language=language_asked)
    except ValidationError as error:
        problem = _problem(error, language)
        return render(request, page, 422, question=None, answer=None, problem=problem)
    answer = await answering.reply(question)
    return render(request, page, question=question, answer=answer, problem=None)


def asked_language(interface: Language) -> Language | None:
    """English when somebody chose it; else the assistant looks at the question itself."""
    return "en" if interface == "en" else None


def _problem(error: ValidationError, language: Language) -> str:
    sentences = [sentence for _, sentence in sentences_of(error, language)]
    return strings(language)["invalid_question"].format(problems="; ".join(sentences))
