"""`make bench` stays short; each of its long parts can be measured again by one command."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from evals.bench.__main__ import PARTS

MAKEFILE = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, target
    return found[1]


def modules(text: str) -> list[str]:
    return re.findall(r"python -m (evals\.bench(?:\.\w+)?)", text)


def long_parts() -> list[str]:
    found = re.search(r"^LONG := (.*)$", MAKEFILE, re.MULTILINE)
    assert found
    return found[1].split()


def test_the_short_bench_measures_nothing_that_takes_long() -> None:
    assert modules(recipe("bench")) == ["evals.bench"]


def test_every_appended_section_has_a_target_that_writes_it() -> None:
    recipes = [recipe(target) for target in long_parts()]
    named = {Path(name) for text in recipes for name in re.findall(r"--output (\S+)", text)}
    default = {
        value
        for text in recipes
        for module in modules(text)
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, Path)
    }

    assert set(PARTS) <= named | default


def test_every_part_is_named_as_phony() -> None:
    """A file of that name must not keep a part from being measured."""
    assert "$(LONG)" in MAKEFILE.split(".PHONY:", 1)[1].splitlines()[0]
