"""Builds a real conversation from settings; what a worker process calls."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine

from assistant.audit import Audit
from assistant.bootstrap import build_assistant
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


def open_conversation(tools: Tools) -> TelegramConversation:
    """The conversation over the real assistant; raises KnowledgeError with what is wrong."""
    assistant = build_assistant(read_settings(KnowledgeSettings))
    engine = open_engine(tools.database_url)
    settings = read_settings(TalkSettings)

    def close() -> None:
        assistant.close()
        engine.dispose()

    talk = build_talk(assistant, engine, tools, public_url=settings.public_url)
    return TelegramConversation(talk, close)


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
