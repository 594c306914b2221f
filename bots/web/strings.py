"""Interface strings by language: strings/vi.json and strings/en.json, with the same keys."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import get_args

from assistant.models import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
_FOLDER = Path(__file__).parent / "strings"


@cache
def strings(language: Language) -> dict[str, str]:
    """Every fixed sentence of the interface in one language."""
    text = (_FOLDER / f"{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def language_of(value: object) -> Language:
    """The language that `value` names; Vietnamese when it names none."""
    return next((language for language in LANGUAGES if language == value), "vi")
