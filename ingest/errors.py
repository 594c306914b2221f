"""Errors of the ingest package.

IngestError
├── UnreadableSource   nothing could be read: no such file, empty, truncated, wrong encoding
└── UnknownSource      no source of that name
"""

from __future__ import annotations


class IngestError(Exception):
    """Base of all errors here; its text is meant for a person."""


class UnreadableSource(IngestError):
    """A source of which nothing can be read."""


class UnknownSource(IngestError):
    """A source name that SOURCES does not list."""
