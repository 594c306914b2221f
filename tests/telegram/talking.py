"""A person who writes to the conversation, and stand-ins for the delivery around it."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import telegram

from bots.telegram.conversation import TelegramConversation
from bots.telegram.sends import Send, Tools

BOT, BOT_NAME = 999, "motcua_bot"
_numbers = itertools.count(1000)


class Clock:
    """A clock that a test sets; begins at nine in the morning in Vietnam."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class FakeNotify:
    """Keeps what was put, each key once."""

    put_sends: list[Send] = field(default_factory=list)
    expressed: list[Send] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def put(self, sends: Sequence[Send], key: str) -> bool:
        if key in self.keys:
            return False
        self.keys.add(key)
        self.put_sends += sends
        return True

    def express(self, send: Send) -> None:
        self.expressed.append(send)

    def forget(self, chat: int) -> int:
        self.forgotten.append(chat)
        return 2


@dataclass
class FakeFiles:
    """Gives a content for every file, and counts how often."""

    fetched: list[str] = field(default_factory=list)

    def fetch(self, file_id: str) -> bytes:
        self.fetched.append(file_id)
        return f"content of {file_id}".encode()


def tools(notify: FakeNotify, files: FakeFiles, url: str) -> Tools:
    """The delivery's side of a conversation."""
    return Tools(notify, files, url, BOT, BOT_NAME, 20 * 1024 * 1024)


class Person:
    """Somebody with a private chat of their own, or one who writes in a group."""

    def __init__(self, conversation: TelegramConversation, group: int | None = None) -> None:
        self.conversation = conversation
        self.user = next(_numbers)
        self.chat = group if group is not None else self.user
        self.last: list[Send] = []
        self.update: dict[str, Any] = {}

    def says(self, text: str, **more: Any) -> list[Send]:
        """Write a message; what comes back, without the notice of the first contact."""
        return self.message(text=text, **more)

    def message(self, **more: Any) -> list[Send]:
        """Any kind of message."""
        return self.hands({"message": self._message(next(_numbers), **more)})

    def edits(self, text: str) -> list[Send]:
        """Change the message before."""
        number = self.update["message"]["message_id"]
        return self.hands({"edited_message": self._message(number, text=text, edit_date=1)})

    def taps(self, label: str) -> list[Send]:
        """Tap the button whose label contains `label` under a message of the last reply."""
        data = next(
            button["callback_data"]
            for send in reversed(self.last)
            for button in buttons_of(send)
            if label in button["text"]
        )
        return self.taps_data(data)

    def taps_data(self, data: str) -> list[Send]:
        """Tap a button with this data."""
        under = self._message(next(_numbers), text="…")
        under["from"] = {"id": BOT, "is_bot": True, "first_name": "Một Cửa"}
        query = {
            "id": str(next(_numbers)),
            "from": self._self(),
            "chat_instance": "1",
            "message": under,
            "data": data,
        }
        return self.hands({"callback_query": query})

    def replies(self, text: str, to: str) -> list[Send]:
        """Reply to a message of the bot that said `to`."""
        before = self._message(next(_numbers), text=to)
        before["from"] = {"id": BOT, "is_bot": True, "first_name": "Một Cửa"}
        return self.message(text=text, reply_to_message=before)

    def hands(self, content: dict[str, Any]) -> list[Send]:
        """An update with this content."""
        self.update = {"update_id": next(_numbers), **content}
        return self.again()

    def again(self) -> list[Send]:
        """The same update once more, as after a crash."""
        update = telegram.Update.de_json(self.update, None)
        self.last = list(self.conversation(update))
        return self.last

    def _self(self) -> dict[str, Any]:
        return {"id": self.user, "is_bot": False, "first_name": "Thu"}

    def _message(self, number: int, **more: Any) -> dict[str, Any]:
        kind = "private" if self.chat == self.user else "group"
        text = more.get("text", "")
        entities = [
            {"type": "mention", "offset": match.start(), "length": len(match[0])}
            for match in re.finditer(r"(?<!\S)@\w+", text)
        ] + [
            {"type": "bot_command", "offset": 0, "length": len(match[0])}
            for match in re.finditer(r"^/\w+(?:@\w+)?", text)
        ]
        return {
            "message_id": number,
            "date": 1,
            "chat": {"id": self.chat, "type": kind},
            "from": self._self(),
            "entities": entities,
            **more,
        }


def buttons_of(send: Send) -> list[dict[str, Any]]:
    """The buttons under a message, from the top."""
    markup: Any = send.payload.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", []) for button in row]


def shown(sends: Sequence[Send], chat: int | None = None) -> str:
    """What people read, without markup; of one chat when it is given."""
    texts = [
        str(send.payload.get("text", ""))
        for send in sends
        if send.method in ("message", "edit") and chat in (None, send.chat)
    ]
    return html.unescape(re.sub(r"<[^>]*>", "", "\n\n".join(texts)))


def methods(sends: Sequence[Send]) -> list[str]:
    """The calls, in order."""
    return [send.method for send in sends]
