"""What every target does."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from evals.cases import Case
from evals.grading import Reply


class Tells(StrEnum):
    """What a target may tell beside its text."""

    STATUS = "status"
    CODE = "code"
    RANKED = "ranked"
    CITATIONS = "citations"
    CONVERSATION = "conversation"


class Target(Protocol):
    """Something that answers questions. `tells` is what it says beside the text."""

    name: str
    tells: frozenset[Tells]

    def ask(self, case: Case) -> Reply:
        """Play all turns in one conversation; the reply is to the last. Raises TargetError."""

    def identity(self) -> Mapping[str, str]:
        """What was graded, for config.json: hashes and versions, nothing secret."""

    def close(self) -> None:
        """Give files and connections back."""
