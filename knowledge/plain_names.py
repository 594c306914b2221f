"""Plain names: what a procedure is called in few words, in Vietnamese and English.

Official titles run to forty words and begin alike; these tell one from another at a glance. They
are data in phrasebook/names.tsv, written for this project; figures never come from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from knowledge.errors import InvalidPhrasebook

FILE = "names.tsv"
_BUNDLED = Path(__file__).parent / "phrasebook" / FILE


class PlainName(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """English for 'en', else Vietnamese."""
        return self.en if language == "en" else self.vi


@cache
def bundled_names() -> Mapping[str, PlainName]:
    """The plain names by code."""
    return MappingProxyType(read_names(_BUNDLED))


def read_names(path: Path) -> dict[str, PlainName]:
    """What `path` holds, by code; raises InvalidPhrasebook naming file and line."""
    return dict(_named(path))


def _named(path: Path) -> Iterator[tuple[str, PlainName]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or not all(parts):
            raise InvalidPhrasebook(f"{path.name}, dòng {number}: cần mã, tên Việt, tên Anh")
        yield parts[0], PlainName(parts[1], parts[2])
