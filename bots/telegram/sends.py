"""What a conversation gives to the delivery, and what it may ask of it: the seam between the two.

A conversation is a function from an update to the calls of the Bot API that answer it. It calls
nothing itself: what it returns is stored together with the mark that the update is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import telegram

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Method = Literal[
    "message", "edit", "photo", "document", "action", "answer_callback", "answer_inline", "delete"
]


@dataclass(frozen=True)
class Send:
    """One call of the Bot API to make.

    `payload` holds parameters under the Bot API's own names (text, parse_mode, reply_markup as
    plain values, callback_query_id, results …), without chat_id and message_id. `document` goes
    out as a file under `filename`. A message with a `slot` is remembered under that name within
    its chat; a later "edit" or "delete" with the slot is aimed at it when it is sent, and an
    edit that finds none becomes a new message. An edit without text changes the buttons only.
    An `ephemeral` send is tried once and never when it is stale.
    """

    method: Method
    chat: int | None
    payload: Mapping[str, Json] = field(default_factory=dict)
    document: bytes | None = None
    filename: str | None = None
    slot: str | None = None
    ephemeral: bool = False


Handle = Callable[[telegram.Update], Sequence[Send]]
"""Answers an update. Called in a thread, one update of a chat at a time; may take seconds. An
exception means: try again later, and after some tries set the update aside with an apology."""


class Notify(Protocol):
    """Sends that no update caused: an officer's answer, a reminder."""

    def put(self, sends: Sequence[Send], key: str) -> bool:
        """Store `sends` for delivery; False, and nothing stored, when `key` was used before."""
        ...

    def express(self, send: Send) -> None:
        """Try `send` now, once, without storing it: typing, progress. Never raises or waits."""
        ...

    def forget(self, chat: int) -> int:
        """Erase what is stored of a chat: updates, unsent messages, slots. How many rows went."""
        ...


class Files(Protocol):
    """Files that people sent."""

    def fetch(self, file_id: str) -> bytes:
        """The file's content, from any thread; raises FileRefused with a reason."""
        ...


@dataclass(frozen=True)
class Tools:
    """What a conversation is built with."""

    notify: Notify
    files: Files
    database_url: str
    bot_id: int
    bot_name: str
    """The bot's @username, without the @."""
    file_limit: int
    """Bytes of the largest file that can be fetched."""


Conversation = Callable[[Tools], Handle]
"""Builds a handler; a module-level function, as a worker process builds one of its own. A handler
with a method `close` is closed at the end."""


def dumped(payload: Mapping[str, Json]) -> str:
    """A payload as it is stored."""
    return json.dumps(payload, separators=(",", ":"))
