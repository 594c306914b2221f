"""Writes requirements.txt and requirements-dev.txt: what is installed now, pinned.

Run it in a virtual environment that holds what pyproject.toml asks for:
    pip install -e '.[dev]' && python tools/lock.py
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

_BUILD = ("hatchling", "editables")


def main() -> None:
    """Runtime pins first; the other file holds only what development adds."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = closure([*project["dependencies"], *_BUILD])
    development = closure(project["optional-dependencies"]["dev"])
    write("requirements.txt", runtime)
    write("requirements-dev.txt", {n: v for n, v in development.items() if n not in runtime})


def closure(wanted: list[str]) -> dict[str, str]:
    """Names and versions of `wanted` and of all that they need."""
    found: dict[str, str] = {}
    waiting = [(Requirement(text), frozenset[str]()) for text in wanted]
    while waiting:
        requirement, extras = waiting.pop()
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
        ):
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        known = name in found
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = installed.version.partition("+")[0]
        if not known or requirement.extras:
            needs = [Requirement(text) for text in installed.requires or []]
            waiting += [(need, frozenset(requirement.extras)) for need in needs]
    return dict(sorted(found.items()))


def write(path: str, pins: dict[str, str]) -> None:
    """One pin a line."""
    lines = [f"{name}=={version}" for name, version in pins.items()]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
