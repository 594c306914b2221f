"""Builds a real conversation from settings; what a worker process calls."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine

from assistant.audit import Audit
from assistant.bootstrap import Assistant, build_assistant, build_dossiers
from assistant.desk import Desk
from assistant.handover import Handovers
from assistant.officers import Officers
from bots.telegram.chats import Chats
from bots.telegram.checklist_rows import Checklists
from bots.telegram.conversation import TelegramConversation
from bots.telegram.dossier_rows import Gatherings
from bots.telegram.exchanges import Exchanges
from bots.telegram.reminders import Reminders
from bots.telegram.sends import Tools
from bots.telegram.talk import Answering, Clock, Dossiers, Talk, Transcriber
from knowledge.settings import KnowledgeSettings, read_settings
from knowledge.sql import open_engine

log = logging.getLogger(__name__)


class TalkSettings(BaseSettings):
    """Read from MOTCUA_* variables or `.env` when built, never at import."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    public_url: str | None = Field(default=None)
    """Address of the web front end as citizens reach it; citations then open their field there."""

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("an address, for example https://motcua.example.vn")
        return value.rstrip("/") if value else None


def open_conversation(
    tools: Tools, start: Callable[[KnowledgeSettings], Assistant] = build_assistant
) -> TelegramConversation:
    """The conversation over the assistant that `start` builds; raises KnowledgeError with what is
    wrong. Updates are taken when this has returned: what is read by then keeps nobody waiting."""
    knowledge, settings = read_settings(KnowledgeSettings), read_settings(TalkSettings)
    assistant = start(knowledge)
    dossiers = build_dossiers(knowledge, assistant.catalog)
    engine = open_engine(tools.database_url, outlives_power=False)
    talk = build_talk(assistant, engine, tools, dossiers=dossiers, public_url=settings.public_url)

    def close() -> None:
        every_minute.stop()
        dossiers.close()
        assistant.close()
        engine.dispose()

    conversation = TelegramConversation(talk, close)
    every_minute = Repeated(lambda: conversation.due(datetime.now(UTC)), seconds=60)
    return conversation


class Repeated:
    """Does something again and again in a thread of its own, until it is told to stop.

    What fails is logged and tried at the next turn. Several processes may each have one: what they
    do is done once, by the keys of what they put.
    """

    def __init__(self, deed: Callable[[], object], seconds: float) -> None:
        self._deed, self._seconds = deed, seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telegram-due", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done now."""
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._deed()
            except Exception as error:
                log.error("what is due could not be sent: %s", type(error).__name__)


def build_talk(
    assistant: Answering,
    engine: Engine,
    tools: Tools,
    *,
    dossiers: Dossiers | None = None,
    transcriber: Transcriber | None = None,
    public_url: str | None = None,
    now: Clock = lambda: datetime.now(UTC),
) -> Talk:
    """What a conversation works with, all of it over one database."""
    chats = Chats(engine, now)
    return Talk(
        assistant=assistant,
        tools=tools,
        chats=chats,
        exchanges=Exchanges(engine, assistant.conversations, now),
        reminders=Reminders(engine, now),
        checklists=Checklists(engine, chats),
        gatherings=Gatherings(engine, chats),
        desk=Desk(engine, now),
        officers=Officers(engine, now),
        handovers=Handovers(engine, now),
        audit=Audit(engine, now),
        now=now,
        dossiers=dossiers,
        transcriber=transcriber,
        public_url=public_url,
    )
