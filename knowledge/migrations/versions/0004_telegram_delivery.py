"""Telegram: updates received, messages to send, and what is known of sent ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _updates()
    _outbox()
    op.create_table(
        "telegram_slots",
        sa.Column("bot", sa.BigInteger, primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True),
        sa.Column("slot", sa.String(100), primary_key=True),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.Double, nullable=False),
    )
    op.create_table(
        "telegram_keys",
        sa.Column("bot", sa.BigInteger, primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("used_at", sa.Double, nullable=False),
    )
    op.create_table(
        "telegram_gone_chats",
        sa.Column("bot", sa.BigInteger, primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True),
        sa.Column("since", sa.Double, nullable=False),
    )


def _updates() -> None:
    op.create_table(
        "telegram_updates",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("free_at", sa.Double, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("handled_at", sa.Double),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("bot", "update_id", name="uq_telegram_updates_bot"),
    )
    waiting = sa.text("state = 0")
    op.create_index(
        "ix_telegram_updates_waiting",
        "telegram_updates",
        ["bot", "chat", "update_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_telegram_updates_handled_at", "telegram_updates", ["handled_at"])


def _outbox() -> None:
    op.create_table(
        "telegram_outbox",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary),
        sa.Column("filename", sa.Text),
        sa.Column("slot", sa.String(100)),
        sa.Column("ephemeral", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_telegram_outbox_bot", "telegram_outbox", ["bot", "id"])


def downgrade() -> None:
    for table in ("gone_chats", "keys", "slots", "outbox", "updates"):
        op.drop_table(f"telegram_{table}")
