"""The page on which a citizen checks a dossier; every step works as a plain form."""

from __future__ import annotations

import asyncio
from functools import partial

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.dossier.models import Report, Unread
from assistant.dossier.service import Dossiers, Erasure, View
from assistant.dossier.unread import refused
from assistant.dossier.wanted import has_wanted, is_to_show, wanted_in_short
from assistant.errors import DossierNotFound
from assistant.messages import messages_for
from assistant.models import Language
from bots.web.owners import GivenDossiers, Owner, new_owner, remember_owner, same_origin
from bots.web.pages import render
from bots.web.routes.dossiers import replaced_page
from bots.web.routes.procedures import KnownVersion
from bots.web.showing import field_name, field_value, frame, masked_report, page_link
from bots.web.strings import language_of
from bots.web.uploads import BODY_MB, Form, form_of
from ingest.reading.page import Refusal
from knowledge.catalog import Version

router = APIRouter(prefix="/ho-so", dependencies=[Depends(same_origin)])


@router.get("/{code}")
def dossier_page(
    request: Request, version: KnownVersion, dossiers: GivenDossiers, owner: Owner
) -> Response:
    """The form, and the checklist of the visitor's dossier if there is one."""
    dossier = dossiers.latest(owner, version.code) if owner else None
    if dossier is None:
        return _page(request, version, dossiers)
    report = dossiers.check(dossier, owner, language=_language(request))
    return _page(request, version, dossiers, dossiers.look(dossier, owner), report)


@router.post("/{code}")
async def change(
    request: Request, version: KnownVersion, dossiers: GivenDossiers, owner: Owner
) -> Response:
    """Add files, answer, remove a file or erase; then the page again."""
    async with request.app.state.uploads:
        form = await form_of(request, dossiers.limits)
        owner = owner or new_owner()
        response = await asyncio.to_thread(_changed, request, version, dossiers, owner, form)
    remember_owner(request, response, owner)
    return response


def _changed(
    request: Request, version: Version, dossiers: Dossiers, owner: str, form: Form
) -> Response:
    dossier = dossiers.latest(owner, version.code)
    if "erase" in form.fields:
        receipt = dossiers.erase(dossier, owner) if dossier else None
        return _page(request, version, dossiers, receipt=receipt)
    if dossier is None:
        dossier = dossiers.open(owner, version.code)
    refusals = _done(dossiers, dossier, owner, form)
    unread = tuple(refused(one, _language(request)) for one in refusals)
    if unread or not (form.files or "answer" in form.fields or "remove" in form.fields):
        report = dossiers.check(dossier, owner, language=_language(request))
        view = dossiers.look(dossier, owner)
        empty = not unread and not view.files
        return _page(request, version, dossiers, view, report, turned_away=unread, empty=empty)
    query = "?lang=en" if _language(request) == "en" else ""
    return RedirectResponse(f"/ho-so/{version.code}{query}#ket-qua", 303)


def _done(dossiers: Dossiers, dossier: str, owner: str, form: Form) -> list[Refusal]:
    if "answer" in form.fields:
        question, _, value = form.fields["answer"].rpartition("=")
        dossiers.check(dossier, owner, {question: value} if question else None)
    elif "remove" in form.fields:
        try:
            dossiers.remove(dossier, owner, form.fields["remove"])
        except DossierNotFound as error:
            raise HTTPException(404) from error
    elif form.files or form.refusals:
        added = dossiers.add(dossier, owner, form.files, replaces=replaced_page(form))
        return [*form.refusals, *added.refusals]
    return []


def _page(
    request: Request,
    version: Version,
    dossiers: Dossiers,
    view: View | None = None,
    report: Report | None = None,
    *,
    receipt: Erasure | None = None,
    turned_away: tuple[Unread, ...] = (),
    empty: bool = False,
) -> Response:
    language = _language(request)
    response = render(
        request,
        "dossier.html",
        p=version.procedure,
        limits=dossiers.limits,
        body_mb=BODY_MB,
        hours=dossiers.hours,
        view=view,
        report=masked_report(report) if report else None,
        wanted=report is not None and has_wanted(report),
        receipt=receipt,
        turned_away=turned_away,
        empty=empty,
        say=messages_for(language).say,
        page_link=page_link,
        frame=frame,
        is_to_show=is_to_show,
        wanted_in_short=partial(wanted_in_short, messages=messages_for(language)),
        field_name=partial(field_name, language=language),
        field_value=partial(field_value, language=language),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _language(request: Request) -> Language:
    return language_of(request.query_params.get("lang"))
