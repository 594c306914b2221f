"""Turns of conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "conversation_turns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_conversation_turns_conversation", "conversation_turns", ["conversation"])
    op.create_index("ix_conversation_turns_said_at", "conversation_turns", ["said_at"])


def downgrade() -> None:
    op.drop_table("conversation_turns")
