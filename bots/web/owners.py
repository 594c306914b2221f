"""Whose dossier it is: a random id in a cookie that scripts and other sites never get to use."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.dossier.service import Dossiers
from bots.web.strings import language_of, strings

COOKIE = "motcua_owner"
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def new_owner() -> str:
    """An id that nobody can guess."""
    return secrets.token_urlsafe(32)


def owner_of(request: Request) -> str:
    """The visitor's id; empty, and therefore nobody's, without a proper cookie."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def remember_owner(request: Request, response: Response, owner: str) -> None:
    """Set the cookie; it lasts as long as the browser's session unless the browser keeps it."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, owner, httponly=True, samesite="strict", secure=secure, path="/")


def same_origin(request: Request) -> None:
    """Refuse what another site's page makes a browser send; raises HTTPException 403.

    A form of ours sends `Origin: null`, since our pages send no referrer; browsers that know
    Sec-Fetch-Site say there where it comes from, older ones keep the strict cookie to themselves.
    """
    if request.method in {"GET", "HEAD"}:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    foreign = origin != "null" and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or site not in {None, "same-origin"}:
        words = strings(language_of(request.query_params.get("lang")))
        raise HTTPException(403, words["other_site"])


def dossiers_of(request: Request) -> Dossiers:
    """The dossiers that `create_app` was given."""
    return cast(Dossiers, request.app.state.dossiers)


Owner = Annotated[str, Depends(owner_of)]
GivenDossiers = Annotated[Dossiers, Depends(dossiers_of)]
