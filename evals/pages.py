"""One HTML file that needs nothing else: styles, script and words inside, in two languages.

Both languages are in the file and the style shows one of them, so the switch works without a
network and without a script. A content security policy keeps everything else out: no request
leaves the page, and only the script written here runs.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.models import Language

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES: tuple[str, ...] = get_args(Language)


@cache
def words() -> dict[str, dict[str, str]]:
    """Every fixed sentence of the pages: key -> language -> words."""
    text = (TEMPLATES / "words.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def page(name: str, **values: Any) -> str:
    """The page `templates/<name>.html` with its style and script, as one text."""
    script = _text("switch.js") + _text(f"{name}.js")
    return (
        _environment()
        .get_template(f"{name}.html")
        .render(
            style=Markup(_text("page.css") + _text(f"{name}.css")),
            script=Markup(script),
            policy=_policy(script),
            **values,
        )
    )


def said(key: str, **values: object) -> Markup:
    """The words of `key` in every language, of which the page shows one."""
    return both({language: text.format(**values) for language, text in words()[key].items()})


def both(texts: dict[str, str]) -> Markup:
    """Texts by language, each marked with its own."""
    return Markup("").join(
        Markup('<span class="t" lang="{}">{}</span>').format(language, texts[language])
        for language in LANGUAGES
    )


def _text(name: str) -> str:
    path = TEMPLATES / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": said, "both": both, "words": words}
    environment.filters["percent"] = percent
    environment.filters["number"] = number
    return environment


def percent(value: float | None) -> Markup:
    """0.934 as 93,4 % in Vietnamese and 93.4% in English; a dash for not applicable."""
    if value is None:
        return Markup("–")
    text = f"{value * 100:.1f}"
    return both({"vi": f"{text.replace('.', ',')}\N{NO-BREAK SPACE}%", "en": f"{text}%"})


def number(value: float | None, places: int = 2) -> Markup:
    """A number with the decimal sign of each language; a dash for not applicable."""
    if value is None:
        return Markup("–")
    text = f"{value:.{places}f}"
    if "." not in text:
        return escape(text)
    return both({"vi": text.replace(".", ","), "en": text})
