"""Stored procedures, as JSON and as a page whose anchors are the field paths of citations."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from bots.web.pages import render
from bots.web.record import Anchors
from bots.web.seam import GivenAssistant
from bots.web.strings import language_of, strings
from knowledge.catalog import Origin, Version
from knowledge.procedure import Procedure

router = APIRouter()


class StoredProcedure(BaseModel):
    """A procedure version with where it comes from and since when it holds."""

    code: str
    version: int
    origin: Origin
    valid_from: date | None
    valid_to: date | None
    review: str | None
    procedure: Procedure


def version_of(
    request: Request, assistant: GivenAssistant, code: str, as_of: date | None = None
) -> Version:
    """The version in force on `as_of` (today when None); raises HTTPException 404."""
    if version := assistant.catalog.get(code, as_of):
        return version
    words = strings(language_of(request.query_params.get("lang")))
    raise HTTPException(404, words["no_such_procedure"].format(code=code))


KnownVersion = Annotated[Version, Depends(version_of)]


@router.get("/api/v1/procedures/{code}")
def procedure_json(version: KnownVersion) -> StoredProcedure:
    """The record as it is stored."""
    return StoredProcedure(
        code=version.code,
        version=version.number,
        origin=version.origin,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        review=version.review,
        procedure=version.procedure,
    )


@router.get("/thu-tuc/{code}", response_class=HTMLResponse)
def procedure_page(request: Request, version: KnownVersion) -> HTMLResponse:
    """The record for reading, every field where a citation points."""
    anchors = Anchors(version.procedure)
    return render(request, "record.html", version=version, p=version.procedure, a=anchors)
