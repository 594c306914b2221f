"""Whose an update is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CHAT_OF = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
)
_PERSON_OF = ("inline_query", "chosen_inline_result")


def chat_of(body: Mapping[str, Any]) -> int:
    """Whose update it is: the chat, else the person, else 0."""
    for kind in _CHAT_OF:
        if kind in body:
            return int(body[kind]["chat"]["id"])
    if "callback_query" in body:
        query = body["callback_query"]
        return int((query.get("message") or {}).get("chat", query["from"])["id"])
    for kind in _PERSON_OF:
        if kind in body:
            return int(body[kind]["from"]["id"])
    return 0
