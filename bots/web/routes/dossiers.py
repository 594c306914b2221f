"""Dossiers over HTTP: hand in, check, look at pages, take papers, erase."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse, Response

from assistant.dossier.models import Report
from assistant.dossier.service import Dossiers, PaperForm
from assistant.dossier.unread import refused
from assistant.errors import DossierError
from assistant.models import Language
from bots.web.failures import failed_answer
from bots.web.owners import GivenDossiers, Owner, new_owner, remember_owner, same_origin
from bots.web.showing import masked_report
from bots.web.strings import language_of
from bots.web.uploads import Form, form_of
from ingest.reading.page import Refusal

router = APIRouter(prefix="/api/v1/dossiers", dependencies=[Depends(same_origin)])

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FORM_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {}}}}}


class Answers(BaseModel):
    """Answers to questions of a report, by their id."""

    answers: dict[str, Annotated[str, Field(max_length=200)]] = Field(max_length=50)


@router.post("", status_code=201, openapi_extra=FORM_BODY)
async def hand_in(request: Request, dossiers: GivenDossiers, owner: Owner) -> Response:
    """A new dossier: fields procedure, case, answers (JSON), files; its report and id."""
    async with request.app.state.uploads:
        form = await form_of(request, dossiers.limits)
        owner = owner or new_owner()
        language = language_of(form.fields.get("language") or request.query_params.get("lang"))
        done = await asyncio.to_thread(_handed_in, dossiers, owner, form, language)
    response = JSONResponse(done, 201)
    remember_owner(request, response, owner)
    return response


def _handed_in(dossiers: Dossiers, owner: str, form: Form, language: Language) -> dict[str, Any]:
    answers = _answers(form.fields.get("answers"))
    dossier = dossiers.open(
        owner, form.fields.get("procedure", ""), form.fields.get("case") or None
    )
    added = dossiers.add(dossier, owner, form.files)
    report = dossiers.check(dossier, owner, answers, language)
    return shown(dossier, report, [*form.refusals, *added.refusals])


def _answers(text: str | None) -> dict[str, str]:
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise DossierError("`answers` phải là một đối tượng JSON.") from error
    if not isinstance(given, dict):
        raise DossierError("`answers` phải là một đối tượng JSON.")
    return {str(key): str(value)[:200] for key, value in given.items()}


def shown(dossier: str, report: Report, refusals: list[Refusal]) -> dict[str, Any]:
    """The report's JSON with the dossier's id; files that were turned away stand under `unread`."""
    turned_away = tuple(refused(one, report.language) for one in refusals)
    whole = report.model_copy(update={"unread": (*report.unread, *turned_away)})
    return {"id": dossier, **masked_report(whole).model_dump(mode="json")}


@router.get("/{dossier}")
def look(dossier: str, dossiers: GivenDossiers, owner: Owner, lang: str = "vi") -> dict[str, Any]:
    """The report as it is now."""
    report = dossiers.check(dossier, owner, language=language_of(lang))
    return shown(dossier, report, [])


@router.delete("/{dossier}")
def erase(dossier: str, dossiers: GivenDossiers, owner: Owner) -> dict[str, Any]:
    """Erase the dossier; the receipt."""
    return asdict(dossiers.erase(dossier, owner))


@router.post("/{dossier}/answers")
def answer(
    dossier: str, given: Answers, dossiers: GivenDossiers, owner: Owner, lang: str = "vi"
) -> dict[str, Any]:
    """Answer questions; the report that follows."""
    report = dossiers.check(dossier, owner, given.answers, language_of(lang))
    return shown(dossier, report, [])


@router.post("/{dossier}/files", openapi_extra=FORM_BODY)
async def add(
    request: Request, dossier: str, dossiers: GivenDossiers, owner: Owner, lang: str = "vi"
) -> EventSourceResponse:
    """Hand in further files; events `progress` {file, stage, page}, then `report` or `error`.

    Fields `replaces_file` and `replaces_page` name a page that the first file is a better photo of.
    """
    dossiers.look(dossier, owner)
    uploads: asyncio.Semaphore = request.app.state.uploads
    language = language_of(lang)
    heard = _Heard()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(uploads)
        form = await form_of(request, dossiers.limits)

        def work() -> dict[str, Any]:
            added = dossiers.add(dossier, owner, form.files, heard.progress, replaced_page(form))
            report = dossiers.check(dossier, owner, language=language)
            return shown(dossier, report, [*form.refusals, *added.refusals])

        working = asyncio.create_task(asyncio.to_thread(work))
        working.add_done_callback(heard.end)
        # What is being read lies in memory: the place is given back when that ends, even if the
        # visitor has gone.
        working.add_done_callback(lambda _: uploads.release())
        stack.pop_all()
    return EventSourceResponse(_events(working, heard, language))


class _Heard:
    """What the reading thread says, for the loop that answers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def progress(self, file: str, stage: str, page: int) -> None:
        """From any thread."""
        told = {"file": file, "stage": stage, "page": page}
        self._loop.call_soon_threadsafe(self._told.put_nowait, told)

    def end(self, _: object) -> None:
        """Nothing more will be said."""
        self._told.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        while (told := await self._told.get()) is not None:
            yield told


def replaced_page(form: Form) -> tuple[str, int] | None:
    """The page that a form says is to be replaced."""
    file, page = form.fields.get("replaces_file"), form.fields.get("replaces_page", "")
    is_number = page.isdecimal() and len(page) < 6
    return (file, int(page)) if file and is_number else None


async def _events(
    working: asyncio.Task[dict[str, Any]], heard: _Heard, language: Language
) -> AsyncIterator[ServerSentEvent]:
    async for told in heard:
        yield ServerSentEvent(json.dumps(told, ensure_ascii=False), event="progress")
    try:
        report = await working
    except DossierError as error:
        yield ServerSentEvent(json.dumps({"text": str(error)}), event="error")
    except Exception as error:  # the response has begun: no middleware can answer any more
        failed = failed_answer(error, language)
        yield ServerSentEvent(json.dumps({"text": failed.text}), event="error")
    else:
        yield ServerSentEvent(json.dumps(report, ensure_ascii=False), event="report")


@router.delete("/{dossier}/files")
def remove(
    dossier: str, name: str, dossiers: GivenDossiers, owner: Owner, lang: str = "vi"
) -> dict[str, Any]:
    """Erase one file; the report that follows."""
    dossiers.remove(dossier, owner, name)
    return look(dossier, dossiers, owner, lang)


@router.get("/{dossier}/pages", response_class=Response)
def page(dossier: str, file: str, page: int, dossiers: GivenDossiers, owner: Owner) -> Response:
    """The picture of a page."""
    return Response(dossiers.page_picture(dossier, owner, file, page), media_type="image/jpeg")


@router.get("/{dossier}/papers/supplement.{form}", response_class=Response)
def supplement(dossier: str, form: PaperForm, dossiers: GivenDossiers, owner: Owner) -> Response:
    """What is missing, as a paper to take along; always a download. Receipts and rejections are an
    officer's to give."""
    content = dossiers.paper_out(dossier, owner, "supplement", form)
    headers = {"Content-Disposition": f'attachment; filename="phieu-bo-sung.{form}"'}
    return Response(content, media_type=MEDIA[form], headers=headers)
