"""Errors of the assistant package.

AssistantError
├── MissingMessage       a language lacks a sentence
├── UnknownOfficer       no officer of this name was invited
└── LanguageModelError   the language model gave nothing that can be used
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors here."""


class MissingMessage(AssistantError):
    """A sentence that should be in messages/ is not."""


class UnknownOfficer(AssistantError):
    """No officer of this name was ever invited."""


class LanguageModelError(AssistantError):
    """The language model gave nothing that can be used; the record's own words serve.

    `passing` says that trying again may help, `after` how many seconds the provider asks to wait.
    """

    def __init__(self, sentence: str, *, passing: bool = False, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.passing = passing
        self.after = after
