"""Marks that a method overrides another are not compared while Chroma is imported, only then."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import overrides
import pytest

from knowledge.marking import marks_unchecked

MODULE = """
from overrides import EnforceOverrides, override

class Above(EnforceOverrides):
    def count(self, of: int) -> int: ...
    def name(self) -> str: ...

class Below(Above):
    @override
    def count(self) -> str: ...
    @override(check_signature=True)
    def name(self) -> int: ...
"""


@pytest.fixture
def unlike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module whose methods do not fit those that they override."""
    (tmp_path / "unlike_above.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "unlike_above", raising=False)
    return "unlike_above"


def test_signatures_are_not_compared(unlike: str) -> None:
    with marks_unchecked():
        module = __import__(unlike)

    assert module.Below.count.__override__


def test_afterwards_they_are_compared_again(unlike: str) -> None:
    before = overrides.override, overrides.overrides

    with marks_unchecked():
        pass

    assert (overrides.override, overrides.overrides) == before
    with pytest.raises(TypeError, match="count"):
        __import__(unlike)


def test_two_that_import_at_once_leave_it_as_it_was() -> None:
    before = overrides.override
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with marks_unchecked():
            inside.set()
            leave.wait(10)

    def second() -> None:
        inside.wait(10)
        threading.Timer(0.05, leave.set).start()
        with marks_unchecked():
            pass

    together = [threading.Thread(target=work) for work in (first, second)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join(10)

    assert overrides.override is before
