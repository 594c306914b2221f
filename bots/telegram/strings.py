"""What the bot itself says, by language: strings/vi.yaml and en.yaml, with the same keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from assistant.models import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
_FOLDER = Path(__file__).parent / "strings"


class Words:
    """The sentences of one language, by key."""

    def __init__(self, language: Language, sentences: dict[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def __call__(self, key: str, **values: Any) -> str:
        """The sentence for `key` with its gaps filled; raises KeyError when there is none."""
        sentence = self.sentences[key]
        return sentence.format_map(values) if values else sentence

    def day(self, day: Any) -> str:
        """A date as people write it: 01/06/2026, or 1 June 2026 in English."""
        return f"{day.day} {day:%B %Y}" if self.language == "en" else f"{day:%d/%m/%Y}"


@cache
def words_in(language: Language) -> Words:
    """The sentences of `language`, read once."""
    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return Words(language, {key: str(value).strip() for key, value in yaml.safe_load(text).items()})
