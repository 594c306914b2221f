"""Errors of the assistant package.

AssistantError
└── MissingMessage   a language lacks a sentence
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors here."""


class MissingMessage(AssistantError):
    """A sentence that should be in messages/ is not."""
