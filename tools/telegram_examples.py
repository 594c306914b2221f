"""Prints what Telegram shows for ten typical messages, as Markdown: docs/telegram-messages.md.

    python tools/telegram_examples.py > docs/telegram-messages.md

Everything comes out of the conversation itself, over the starter corpus, with an address for the
web so that citations are links; `MOTCUA_PUBLIC_URL=` (empty) shows the list of sources instead.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import telegram

from assistant.bootstrap import Assistant, build_assistant
from bots.telegram.conversation import TelegramConversation
from bots.telegram.sends import Send, Tools
from bots.telegram.wiring import build_talk
from ingest.pipeline import ingest
from ingest.sources import SOURCES
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.index import IndexStore
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import KnowledgeSettings
from knowledge.sql import open_engine

ADDRESS = os.environ.get("MOTCUA_PUBLIC_URL", "https://motcua.example") or None
SAID: Sequence[tuple[str, str]] = (
    ("A fee", "đăng ký thường trú hết bao nhiêu tiền"),
    ("A time limit, without diacritics", "dang ky ket hon mat bao lau"),
    ("The next question keeps the procedure", "nộp ở đâu"),
    ("Papers", "đăng ký lại khai sinh cần giấy tờ gì"),
    ("A checklist of them", "/checklist"),
    ("A word that means several procedures", "giấy phép lái xe"),
    ("The choice, by its number", "3"),
    ("In English", "how much does a marriage registration cost"),
    ("Nothing that fits", "31/02/2027"),
    ("An officer is asked", "/officer Hồ sơ của tôi, số 012095001234, đã đủ chưa?"),
)
HEAD = """# What Telegram shows

Printed by `python tools/telegram_examples.py > docs/telegram-messages.md` from the conversation
itself over the starter corpus; nothing here is typed in. Messages stand as they are sent, in
Telegram's HTML; the buttons below them stand in brackets. The identity number is invented.
"""


class Nowhere:
    """No delivery: nothing is sent."""

    def put(self, sends: Sequence[Send], key: str) -> bool:
        return True

    def express(self, send: Send) -> None: ...

    def forget(self, chat: int) -> int:
        return 0

    def fetch(self, file_id: str) -> bytes:
        return b""


@dataclass
class Chat:
    """One person's chat."""

    conversation: TelegramConversation
    count: int = 0

    def says(self, text: str) -> Sequence[Send]:
        """What comes back."""
        self.count += 1
        person = {"id": 5, "is_bot": False, "first_name": "Thu"}
        message = {
            "message_id": self.count,
            "date": 1,
            "chat": {"id": 5, "type": "private"},
            "from": person,
            "text": text,
        }
        update = telegram.Update.de_json({"update_id": self.count, "message": message}, None)
        return self.conversation(update)


def starter(folder: Path) -> Assistant:
    """The assistant over the starter corpus."""
    settings = KnowledgeSettings(data_dir=folder, _env_file=None)
    catalog = Catalog.open(settings.sql_url)
    ingest(SOURCES["starter"], None, catalog, folder)
    store = IndexStore(settings.index_dir)
    store.build(catalog, read_phrasebook(), load_embedder(settings.model_path))
    catalog.close()
    return build_assistant(settings)


def shown(send: Send) -> Iterator[str]:
    """A message with its buttons."""
    yield f"```html\n{send.payload['text']}\n```\n"
    markup: Any = send.payload.get("reply_markup") or {}
    for row in markup.get("inline_keyboard", []):
        yield "`" + "` `".join(f"[ {button['text']} ]" for button in row) + "`  "
    yield ""


def main() -> None:
    """Print the whole page."""
    with tempfile.TemporaryDirectory() as folder:
        assistant = starter(Path(folder))
        url = f"sqlite:///{Path(folder) / 'motcua.db'}"
        engine, nowhere = open_engine(url), Nowhere()
        tools = Tools(nowhere, nowhere, url, 1, "motcua_bot", 20 * 1024 * 1024)
        talk = build_talk(assistant, engine, tools, public_url=ADDRESS)
        talk.chats.known(5, 0)
        chat = Chat(TelegramConversation(talk))
        sys.stdout.write(HEAD)
        for number, (title, text) in enumerate(SAID, 1):
            sys.stdout.write(f"\n## {number}. {title}\n\n> {text}\n\n")
            for send in chat.says(text):
                if send.method in ("message", "edit"):
                    sys.stdout.write("\n".join(shown(send)) + "\n")
        engine.dispose()
        assistant.close()


if __name__ == "__main__":
    main()
