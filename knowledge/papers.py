"""Kinds of paper that procedures require, with their names: data in papers.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge.documents import read_yaml


@cache
def paper_names(language: str) -> dict[str, str]:
    """Name of each kind of paper in `language` ('vi' or 'en'), by the kind's id."""
    kinds = read_yaml(Path(__file__).parent / "papers.yaml")
    return {kind: names[language] for kind, names in kinds.items()}
