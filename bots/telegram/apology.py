"""What people read when a message of theirs was not answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.telegram.addressed import chat_of
from bots.telegram.sends import Send
from bots.telegram.strings import words_in

_SPOKEN_IN = ("message", "edited_message", "callback_query")


def apology(body: Mapping[str, Any]) -> list[Send]:
    """For an update that was set aside; to nobody where nobody waits."""
    return _said(body, "set_aside")


def too_many(body: Mapping[str, Any]) -> list[Send]:
    """For an update that found its chat's queue full."""
    return _said(body, "too_many")


def _said(body: Mapping[str, Any], key: str) -> list[Send]:
    kind = next((kind for kind in _SPOKEN_IN if kind in body), None)
    if kind is None:
        return []
    sender = body[kind].get("from") or {}
    words = words_in("en" if str(sender.get("language_code", "")).startswith("en") else "vi")
    return [Send("message", chat_of(body), {"text": words(key)})]
