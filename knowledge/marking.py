"""Spares an import the checks of marks that say: this method overrides that one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import overrides

_one_at_a_time = RLock()


@contextmanager
def marks_unchecked() -> Iterator[None]:
    """What is imported here marks its methods and compares no signatures.

    Chroma marks over a hundred and fifty; comparing them took a third of its import and found, as
    in every start before, that it was released in order.
    """
    with _one_at_a_time:
        checking = overrides.override, overrides.overrides
        overrides.override = overrides.overrides = _mark  # type: ignore[assignment]
        try:
            yield
        finally:
            overrides.override, overrides.overrides = checking


def _mark(method: Callable[..., Any] | None = None, **_checks: bool) -> Callable[..., Any]:
    """The mark of PEP 698 and no more. The other form, `@override(…)`, takes switches."""
    if method is None:
        return _mark
    method.__override__ = True  # type: ignore[attr-defined]
    return method
