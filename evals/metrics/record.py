"""All figures and words that a record holds, read from its stored body, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from evals.metrics.reading import Length, Sum, laws_in, lengths_in, numbers_in, sums_in, tokens
from knowledge.catalog import Version
from knowledge.figures import legal_key
from knowledge.plain_names import bundled_names
from knowledge.procedure import TimeUnit

_TIME_UNITS = frozenset(TimeUnit)
_STEP = re.compile(r"([a-z_][a-z_0-9]*)|\[(\d+)\]")


@dataclass(frozen=True)
class Known:
    """What the record says anywhere. `pairs` are neighbouring words."""

    sums: frozenset[Sum]
    lengths: frozenset[Length]
    laws: frozenset[str]
    numbers: frozenset[Decimal]
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@lru_cache(maxsize=4096)
def known_of(version: Version) -> Known:
    """Everything the record `version` says, and the words, not the figures, of its plain name."""
    known = known_in(body_of(version))
    names = [tokens(text) for text in bundled_names().get(version.code, ())]
    pairs = frozenset(pair for line in names for pair in pairwise(line))
    return replace(known, pairs=known.pairs | pairs)


@lru_cache(maxsize=256)
def known_of_all(versions: tuple[Version, ...]) -> Known:
    """Everything that any of several records says."""
    each = [known_of(version) for version in versions]
    if len(each) == 1:
        return each[0]
    parts = (field.name for field in fields(Known))
    return Known(**{name: frozenset().union(*(getattr(k, name) for k in each)) for name in parts})


def known_in(value: Any) -> Known:
    """Everything a part of a record says."""
    texts = list(texts_in(value))
    words = [tokens(text) for text in texts]
    parts = list(_parts(value))
    return Known(
        sums=frozenset(found for text in texts for found in sums_in(text)) | _fees(parts),
        lengths=frozenset(found for text in texts for found in lengths_in(text)) | _limits(parts),
        laws=frozenset(key for text in texts for key in laws_in(text)) | _laws(parts),
        numbers=frozenset(found for text in texts for found in numbers_in(text)),
        words=frozenset(word for line in words for word in line),
        pairs=frozenset(pair for line in words for pair in pairwise(line)),
    )


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every group of named values, the outer ones first."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(inner, str) or not hasattr(inner, "__iter__"):
        return
    for one in inner:
        yield from _parts(one)


def texts_in(value: Any) -> Iterator[str]:
    """Every value as text, numbers in digits; days as they are read aloud too."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)
    elif isinstance(value, bool) or value is None:
        return
    else:
        yield str(value)
        if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(value)):
            yield f"{match[3]}/{match[2]}/{match[1]}"


def _fees(parts: list[dict[str, Any]]) -> frozenset[Sum]:
    return frozenset(
        Sum(Decimal(part["amount"]), part.get("currency", "VND"))
        for part in parts
        if part.get("amount") is not None
    )


def _limits(parts: list[dict[str, Any]]) -> frozenset[Length]:
    return frozenset(
        Length(Decimal(part["number"]), TimeUnit(part["unit"]))
        for part in parts
        if part.get("unit") in _TIME_UNITS and part.get("number") is not None
    )


def _laws(parts: list[dict[str, Any]]) -> frozenset[str]:
    numbers = [part.get("number") for part in parts if "unit" not in part]
    decisions = [part.get("decision") for part in parts]
    return frozenset(legal_key(text) for text in [*numbers, *decisions] if isinstance(text, str))


@lru_cache(maxsize=20_000)
def known_at(version: Version, path: str) -> Known | None:
    """Everything that one field of the record says; None when it has no such field."""
    try:
        return known_in({"field": _value_at(version, path)})
    except KeyError:
        return None


@lru_cache(maxsize=64)
def body_of(version: Version) -> Any:
    """The stored record as plain values."""
    return json.loads(version.body)


def _value_at(version: Version, path: str) -> Any:
    value = body_of(version)
    consumed = "".join(match[0] for match in _STEP.finditer(path))
    if not path or consumed != path.replace(".", ""):
        raise KeyError(path)
    for name, index in _STEP.findall(path):
        try:
            value = value[int(index)] if index else value[name]
        except (IndexError, TypeError) as error:
            raise KeyError(path) from error
    return value
