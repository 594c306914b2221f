"""Lists of word patterns beside the steps: what people say, as data that one may add to."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from knowledge.documents import read_yaml
from knowledge.text import folded

_SIGN = re.compile(r"[^\w\s]")


@cache
def patterns_of(file: str) -> dict[str, re.Pattern[str]]:
    """Each list of `file` (a YAML file of this folder) as one pattern over whole words."""
    listed = read_yaml(Path(__file__).parent / file)
    return {name: re.compile(rf"\b(?:{'|'.join(parts)})\b") for name, parts in listed.items()}


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Words without marks and signs, one space between them: what most patterns are read on, those
    of several steps one after the other."""
    return " ".join(_SIGN.sub(" ", folded(text)).split())
