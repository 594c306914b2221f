"""The shape of the code: short functions, files that fit a head, no leftovers."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("assistant", "knowledge", "ingest", "bots", "evals")


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def bodies() -> dict[str, int]:
    """Lines of each function's body without its docstring."""
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                code = node.body[1:] if ast.get_docstring(node) else node.body
                first = code[0].lineno if code else node.end_lineno
                place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                found[place] = (node.end_lineno or 0) - (first or 0) + 1
    return found


def test_functions_are_short() -> None:
    sizes = sorted(bodies().values())

    assert statistics.median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.95)] <= 30


def test_no_function_takes_more_than_a_screen() -> None:
    assert [place for place, size in bodies().items() if size > 50] == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = [path for path in sources() if len(path.read_text(encoding="utf-8").splitlines()) > 400]

    assert long == []


def test_public_functions_have_docstrings() -> None:
    bare = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                public = not node.name.startswith("_") and "migrations" not in path.parts
                if public and not ast.get_docstring(node):
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert bare == []


def test_exceptions_are_never_caught_broadly_outside_the_edge() -> None:
    broad = re.compile(r"except\s*(Exception|BaseException)?\s*:|except \(?Exception")
    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        if broad.search(path.read_text(encoding="utf-8"))
    ]

    assert [path for path in found if not path.startswith("bots/")] == []


def test_documents_mention_every_setting() -> None:
    from knowledge.settings import KnowledgeSettings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [f for f in KnowledgeSettings.model_fields if f"MOTCUA_{f.upper()}" not in readme] == []
