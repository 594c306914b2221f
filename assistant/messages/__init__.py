"""Every fixed sentence a person may read, by language: vi.yaml, en.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assistant.errors import MissingMessage
from knowledge.documents import read_yaml

LANGUAGES = ("vi", "en")


class Messages:
    """Sentences of one language by key, such as `fee.free`."""

    def __init__(self, language: str, sentences: dict[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def say(self, key: str, **values: Any) -> str:
        """The sentence for `key` with `values` filled in; raises MissingMessage."""
        try:
            sentence = self.sentences[key]
        except KeyError as error:
            raise MissingMessage(f"{self.language}.yaml has no {key}") from error
        return sentence.format_map(values) if values else sentence


@cache
def messages_for(language: str) -> Messages:
    """Sentences of `language`, read once."""
    listed = read_yaml(Path(__file__).parent / f"{language}.yaml")
    return Messages(language, dict(_flat(listed, "")))


def _flat(value: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs = []
    for key, inner in value.items():
        path = f"{prefix}{key}"
        pairs += _flat(inner, f"{path}.") if isinstance(inner, dict) else [(path, str(inner))]
    return pairs
