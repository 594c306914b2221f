"""What makes a run what it is, by hash: so that equal runs can be told from others."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.suites import Suite
from evals.targets.target import Target
from knowledge.catalog import Catalog

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("assistant", "knowledge", "ingest", "evals")
_KINDS = {".py", ".yaml", ".json", ".md", ".safetensors"}
_LEFT_OUT = {"procedures", "cases", "suites", "questions", "baseline", "migrations", "__pycache__"}
_LIBRARIES = ("bm25s", "chromadb", "numpy", "pydantic", "sqlalchemy")


def config_of(
    suites: Sequence[Suite],
    cases: Sequence[Case],
    target: Target,
    catalog: Catalog,
    seed: int,
) -> dict[str, Any]:
    """The configuration of a run; `hash` is over all the rest. No times, no secrets."""
    config: dict[str, Any] = {
        "target": target.name,
        "identity": dict(target.identity()),
        "suites": {suite.name: digest([suite.model_dump_json()]) for suite in suites},
        "cases": digest(case.model_dump_json() for case in cases),
        "count": len(cases),
        "records": catalog.fingerprint(),
        "code": code_hash(),
        "seed": seed,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    return {"hash": config_hash(config), **config}


def config_hash(config: Mapping[str, Any]) -> str:
    """Over the configuration, whatever the order of its keys."""
    return digest([json.dumps(config, ensure_ascii=False, sort_keys=True)])


def digest(texts: Iterable[str]) -> str:
    """Short hash of texts in order."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode() + b"\0")
    return found.hexdigest()[:16]


@cache
def code_hash() -> str:
    """Over the code, its data and the model; not over cases, suites and procedures, which have
    hashes of their own."""
    found = hashlib.sha256()
    for path in sorted(_files()):
        found.update(path.relative_to(_ROOT).as_posix().encode() + b"\0")
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for package in _PACKAGES:
        for path in (_ROOT / package).rglob("*"):
            apart = _LEFT_OUT & set(path.relative_to(_ROOT).parts)
            if path.suffix in _KINDS and path.is_file() and not apart:
                yield path
