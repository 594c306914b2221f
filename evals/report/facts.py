"""What ran: the configuration of a run as lines to print, hashes whole."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from evals.runs import Run

_MANY = 12  # entries; a longer list is named by its hash, as the file itself has it


def facts(run: Run) -> list[tuple[str, str]]:
    """Name and value of every setting, 'target.url' for a setting within a setting."""
    return [("run", run.name), *_flat(run.config, "")]


def _flat(values: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict) and 0 < len(value) <= _MANY:
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", _told(value)))
    return found


def _told(value: Any) -> str:
    if isinstance(value, dict | list) and len(value) > _MANY:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        return f"{len(value)} × sha256 {hashlib.sha256(text.encode()).hexdigest()}"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
