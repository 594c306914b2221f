"""The fields of a record and the anchors that a page gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from knowledge.procedure import Procedure


@dataclass(frozen=True)
class Field:
    """A field path and its value; `value` is None for a part that holds further fields."""

    path: str
    value: str | None


def fields_of(procedure: Procedure) -> list[Field]:
    """Every field that says something, parts before what they hold: whatever can be cited."""
    return list(_walk(procedure.model_dump(mode="json"), ""))


def _walk(value: Any, path: str) -> Iterator[Field]:
    if value is None or value == []:
        return
    inner = _inner(value, path)
    if path:
        yield Field(path, str(value) if inner is None else None)
    for inner_path, inner_value in inner or ():
        yield from _walk(inner_value, inner_path)


def _inner(value: Any, path: str) -> list[tuple[str, Any]] | None:
    if isinstance(value, dict):
        return [(f"{path}.{key}" if path else key, inner) for key, inner in value.items()]
    if isinstance(value, list):
        return [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]
    return None


class Anchors:
    """Hands out each anchor of a page once, and knows the fields that have none yet.

    The page shows in words what people look for and lists the rest at its end, so that every
    citation has a place to open, whatever fields records gain.
    """

    def __init__(self, procedure: Procedure) -> None:
        self._fields = fields_of(procedure)
        self._given: set[str] = set()

    def __call__(self, path: str) -> Markup:
        """The id attribute for a field path, empty when the page has it already."""
        if path in self._given:
            return Markup("")
        self._given.add(path)
        return Markup('id="{}"').format(escape(path))

    def left(self) -> list[Field]:
        """Fields without an anchor so far."""
        return [field for field in self._fields if field.path not in self._given]
