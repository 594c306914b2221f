"""Officers' desk, hand-overs, audit, and what a Telegram conversation remembers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _shared()
    _desk()
    _chats()
    _lists()
    _dossiers()


def _shared() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(120), unique=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "desk_officers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("account", sa.String(64), unique=True),
        sa.Column("invite", sa.String(64), unique=True),
        sa.Column("invite_ends", _MOMENT),
        sa.Column("linked_at", _MOMENT),
        sa.Column("revoked_at", _MOMENT),
    )


def _desk() -> None:
    op.create_table(
        "desk_tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(6), nullable=False, unique=True),
        sa.Column("key", sa.String(80), unique=True),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("chat", sa.BigInteger),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("procedure", sa.String(40)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False, index=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("officer", sa.Integer),
        sa.Column("claimed_at", _MOMENT),
        sa.Column("answered_at", _MOMENT),
        sa.Column("answer", sa.Text),
        sa.Column("answer_key", sa.String(80)),
        sa.Column("told_at", _MOMENT),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("source", sa.String(64)),
        sa.Column("procedure", sa.String(40)),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("taker", sa.String(64)),
    )


def _chats() -> None:
    op.create_table(
        "telegram_chats",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(2)),
        sa.Column("seen", sa.String(2), nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("told_by", sa.BigInteger, nullable=False),
        sa.Column("agreed_at", _MOMENT),
        sa.Column("awaiting", sa.String(60)),
        sa.Column("awaiting_ends", _MOMENT),
        sa.Column("taken", sa.String(60)),
        sa.Column("taken_by", sa.BigInteger),
        sa.Column("wrong_codes", sa.Integer, nullable=False),
        sa.Column("wrong_since", _MOMENT),
    )
    op.create_table(
        "telegram_exchanges",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("anchor", sa.String(40), nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.Integer, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False, index=True),
        sa.UniqueConstraint("chat", "anchor"),
    )
    op.create_table(
        "telegram_taps",
        sa.Column("token", sa.String(16), primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False, index=True),
    )


def _lists() -> None:
    op.create_table(
        "telegram_checklists",
        sa.Column("token", sa.String(16), primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False, index=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("case", sa.String(60)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("ticked", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False, index=True),
    )
    op.create_table(
        "telegram_saved",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("code", sa.String(40), nullable=False, index=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.UniqueConstraint("chat", "code"),
    )
    op.create_table(
        "telegram_due",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, index=True),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.UniqueConstraint("chat", "due_on"),
    )


def _dossiers() -> None:
    op.create_table(
        "telegram_dossiers",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("session", sa.BigInteger, nullable=False),
        sa.Column("code", sa.String(40)),
        sa.Column("case", sa.String(60)),
        sa.Column("dossier", sa.String(64)),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("replacing", sa.Text),
        sa.Column("checked", sa.Boolean, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "telegram_pages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False, index=True),
        sa.Column("update_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("file_id", sa.String(200), nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        sa.Column("replaced", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    for name in (
        "telegram_pages", "telegram_dossiers", "telegram_due", "telegram_saved",
        "telegram_checklists", "telegram_taps", "telegram_exchanges", "telegram_chats",
        "handovers", "desk_tickets", "desk_officers", "audit_entries",
    ):  # fmt: skip
        op.drop_table(name)
