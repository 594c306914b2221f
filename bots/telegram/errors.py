"""Errors of the Telegram bot.

TelegramBotError
├── CannotStart     wrong token, no network, another poller: a sentence for the operator
└── FileRefused     a file is too large or cannot be fetched
"""

from __future__ import annotations


class TelegramBotError(Exception):
    """Base of all errors here; its text is meant for a person."""


class CannotStart(TelegramBotError):
    """The bot cannot run; the text says what to do."""


class FileRefused(TelegramBotError):
    """A file was not fetched. `reason` is one of too_large, gone, unreachable."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)
