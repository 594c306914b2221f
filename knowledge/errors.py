"""Errors of the knowledge package.

KnowledgeError
├── InvalidProcedure     a record does not fit the model: which field, and what to write
├── InvalidPhrasebook    a phrasebook file does not fit its format
├── CatalogError         the database cannot be opened, or is of another version
├── IndexUnavailable     no generation opens
├── IndexLocked          another process is building
└── ModelError           the embedding model is missing or does not fit the index
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of all errors here; its text is meant for a person."""


class InvalidProcedure(KnowledgeError):
    """A record was refused. `problems` holds (field path, sentence) pairs."""

    def __init__(self, origin: str, problems: tuple[tuple[str, str], ...]) -> None:
        self.origin = origin
        self.problems = problems
        lines = "; ".join(f"{path}: {sentence}" for path, sentence in problems)
        super().__init__(f"{origin}: {lines}")


class InvalidPhrasebook(KnowledgeError):
    """A phrasebook file was refused."""


class CatalogError(KnowledgeError):
    """The catalogue cannot be used."""


class IndexUnavailable(KnowledgeError):
    """No index generation can be opened."""


class IndexLocked(KnowledgeError):
    """Another process holds the builder's lock."""


class ModelError(KnowledgeError):
    """The embedding model cannot be used."""
