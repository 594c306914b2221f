"""What the delivery keeps in SQL. Times are seconds since 1970; every row belongs to one bot."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from knowledge.sql import METADATA

WAITING, DONE, SET_ASIDE, TURNED_AWAY = 0, 1, 2, 3
_BIG = BigInteger().with_variant(Integer, "sqlite")

updates = Table(
    "telegram_updates",
    METADATA,
    Column("id", _BIG, primary_key=True),
    Column("bot", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    # The chat, or the person for what happens outside of chats: whose updates keep their order.
    Column("chat", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("free_at", Double, nullable=False),
    Column("received_at", Double, nullable=False),
    Column("handled_at", Double),
    Column("body", Text, nullable=False),
    UniqueConstraint("bot", "update_id", name="uq_telegram_updates_bot"),
    Index(
        "ix_telegram_updates_waiting",
        "bot",
        "chat",
        "update_id",
        sqlite_where=text("state = 0"),
        postgresql_where=text("state = 0"),
    ),
    Index("ix_telegram_updates_handled_at", "handled_at"),
)

outbox = Table(
    "telegram_outbox",
    METADATA,
    Column("id", _BIG, primary_key=True),
    Column("bot", BigInteger, nullable=False),
    Column("chat", BigInteger),
    Column("method", String(20), nullable=False),
    Column("payload", Text, nullable=False),
    Column("document", LargeBinary),
    Column("filename", Text),
    Column("slot", String(100)),
    Column("ephemeral", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_telegram_outbox_bot", "bot", "id"),
    # A number is never given twice: the sender reads on from the last one that it saw.
    sqlite_autoincrement=True,
)

slots = Table(
    "telegram_slots",
    METADATA,
    Column("bot", BigInteger, primary_key=True),
    Column("chat", BigInteger, primary_key=True),
    Column("slot", String(100), primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("sent_at", Double, nullable=False),
)

keys = Table(
    "telegram_keys",
    METADATA,
    Column("bot", BigInteger, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("used_at", Double, nullable=False),
)

gone = Table(
    "telegram_gone_chats",
    METADATA,
    Column("bot", BigInteger, primary_key=True),
    Column("chat", BigInteger, primary_key=True),
    Column("since", Double, nullable=False),
)
