"""Templates to HTML pages. Everything is escaped; an undefined name is an error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from assistant.models import Block, Language
from bots.web import wording
from bots.web.strings import LANGUAGES, language_of, strings

# What the page's scripts say themselves; the rest is in the HTML already.
_SCRIPT_KEYS = (
    "you_asked", "answer_label", "looking_up", "offline", "failed", "timed_out", "retry",
    "too_long", "citation", "quote_title", "open_record", "close",
    "follow_up_title", "options_title", "other_options_title", "record_of", "retrieved",
    "check_dossier",
)  # fmt: skip
_DOSSIER_KEYS = (
    "dossier_sending", "dossier_opening", "dossier_reading", "dossier_waiting", "dossier_done",
    "dossier_refused", "dossier_failed", "dossier_no_file", "offline",
)  # fmt: skip


def render(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page in the language that `?lang=` names."""
    language = language_of(request.query_params.get("lang"))
    page = _templates.get_template(template).render(
        t=strings(language),
        language=language,
        switches={other: _switched(request, other) for other in LANGUAGES},
        **values,
    )
    # A page without a question may be kept for the back button.
    caching = {} if "q" in request.query_params else {"Cache-Control": "no-cache"}
    return HTMLResponse(page, status, caching)


def message_page(request: Request, message: str, status: int) -> HTMLResponse:
    """A page that holds one sentence."""
    return render(request, "message.html", status, message=message)


def script_strings(language: Language) -> str:
    """The strings that the scripts need, as JSON for an attribute."""
    return _as_json(language, _SCRIPT_KEYS)


def dossier_strings(language: Language) -> str:
    """The strings of the dossier page's script, likewise."""
    return _as_json(language, _DOSSIER_KEYS)


def _as_json(language: Language, keys: Sequence[str]) -> str:
    words = strings(language)
    return json.dumps({key: words[key] for key in keys}, ensure_ascii=False)


def dossier_link(code: str, language: Language) -> str:
    """Where a dossier of a procedure is checked."""
    return f"/ho-so/{quote(code, safe='')}{'?lang=en' if language == 'en' else ''}"


def record_link(code: str, field: str | None, language: Language) -> str:
    """Where a field of a record is shown."""
    query = "?lang=en" if language == "en" else ""
    anchor = f"#{quote(field, safe='')}" if field else ""
    return f"/thu-tuc/{quote(code, safe='')}{query}{anchor}"


def is_uncited(block: Block) -> bool:
    """Whether a block speaks of a facet without a source: the record's field is empty."""
    return block.facet is not None and not any(line.citations for line in block.lines)


def _switched(request: Request, language: Language) -> str:
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', language)])}"


def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        is_uncited=is_uncited,
        record_link=record_link,
        script_strings=script_strings,
        dossier_strings=dossier_strings,
        dossier_link=dossier_link,
        wording=wording,
    )
    return environment


_templates = _environment()
