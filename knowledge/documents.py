"""Reads the YAML documents that ship with the program, with the fast parser where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# The C parser is ten times as fast; a source build of PyYAML may lack it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What `path` holds; raises OSError and yaml.YAMLError."""
    return yaml.load(path.read_bytes(), Loader=_LOADER)
