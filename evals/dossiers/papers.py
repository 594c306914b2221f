"""Kinds of paper and looks, read from data: what stands on a paper and how it may be laid out.

read_papers() -> {kind: PaperKind}        data/papers/*.yaml
looks_of(half) -> Looks                   data/looks.yaml
find_font(name, package) -> Path          raises EvalError that names the Debian package
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from PIL import ImageFont
from pydantic import BaseModel, ConfigDict, Field

from evals.dossiers.people import DATA, Half
from evals.errors import EvalError

_FONT_DIRS = ("/usr/share/fonts", "/usr/share/texmf/fonts", "/usr/local/share/fonts")
Colour = tuple[int, int, int]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Card(_Data):
    """What a card or booklet page shows beside its fields."""

    photo: bool = False
    chip: bool = False
    qr: bool = False
    mrz: bool | str = False  # "passport" has two long lines, True the three of a card
    seal: str | None = None
    large: bool = False
    body: tuple[str, ...] = ()


class PaperKind(_Data):
    """What stands on one kind of paper; templates name people and facts of people.World."""

    title: str
    alias: str | None = None  # the other half's wording of the title
    subtitle: str | None = None
    english: str | None = None
    form: bool = False  # filled in by the citizen, who may write by hand
    code: str | None = None
    issued_with: str | None = None  # the document that a form says it was issued with
    to: str | None = None
    agency: str | None = None
    number: str | None = None
    frame: bool = False
    foreign: bool = False
    picture: bool = False
    plan: str | None = None
    rub: bool = False
    sign: str | None = None
    by: str = "a"
    sign2: str | None = None
    by2: str = "a"
    seal: str | None = None
    certified: str = "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH"  # what a certification says
    card: Card | None = None
    back: Card | None = None
    body: tuple[str, ...] = ()


class Style(_Data):
    """A layout of a sheet of A4 at 150 dots an inch."""

    fonts: tuple[str, str, str]  # regular, bold, italic
    size: int
    margin: int
    leading: float
    field: str  # dots, colon | line, grid
    motto: str  # right, centre | left, middle
    code: str  # right, left | centre, outer
    frame: str
    title: int


class Effect(_Data):
    """How a sheet was handed in: ranges are symmetric, quality is that of the JPEG."""

    skew: float
    grey: int
    contrast: float
    noise: float
    blur: float
    quality: int
    colour: bool = True
    table: Colour | None = None
    lean: float = 0
    shadow: float = 0
    cut: float = 0


class Looks(_Data):
    """All that one half of the suite looks like."""

    hands: tuple[str, ...]
    mono: tuple[str, ...]
    styles: dict[str, Style]
    effects: dict[str, Effect]
    paper: Colour
    ink: tuple[Colour, ...]
    seal: tuple[Colour, ...] = Field(min_length=1)


@cache
def read_papers() -> Mapping[str, PaperKind]:
    """Every kind of paper that can be drawn, by name."""
    found: dict[str, PaperKind] = {}
    for path in sorted((DATA / "papers").glob("*.yaml")):
        for name, data in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[name] = PaperKind.model_validate(data)
    return found


@cache
def _looks() -> Mapping[str, Any]:
    return dict(yaml.safe_load((DATA / "looks.yaml").read_text(encoding="utf-8")))


@cache
def looks_of(half: Half) -> Looks:
    """Styles, effects, fonts and colours of one half."""
    return Looks.model_validate(_looks()[half])


def worded(text: str, half: Half) -> str:
    """The half's own wording where "^^" parts two; both have the rest alike."""
    first, _, second = text.partition(" ^^ ")
    return second if second and half == "test" else first


def titled(kind: PaperKind, half: Half) -> str:
    """The title as this half's papers have it."""
    return kind.alias if kind.alias and half == "test" else kind.title


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font by its file name; raises EvalError that names the package to install."""
    return ImageFont.truetype(str(font_file(name)), size)


@cache
def font_file(name: str) -> Path:
    """Where a font lies; raises EvalError that names the Debian package to install."""
    for folder in map(Path, _FONT_DIRS):
        for ending in ("ttf", "otf"):
            for path in sorted(folder.rglob(f"{name}.{ending}")):
                return path
    packages: Mapping[str, str] = _looks()["packages"]
    package = next((p for prefix, p in packages.items() if name.startswith(prefix)), "its package")
    raise EvalError(f"The font {name} is not installed: apt-get install {package}")
