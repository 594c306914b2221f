"""What a language model is told: prompts.yaml, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.documents import read_yaml

_FILE = Path(__file__).parent / "prompts.yaml"


@dataclass(frozen=True)
class Prompt:
    """What a model is told: who it is and how to answer, then what about."""

    system: str
    user: str


def prompt_text(name: str, **values: str) -> str:
    """The text `name` of prompts.yaml with its gaps filled."""
    return _texts()[name].format_map(values)


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = read_yaml(_FILE)
    return texts
