"""Dossiers, their files, overrides of officers, receipts of erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(60)),
        sa.Column("chest", sa.LargeBinary, nullable=False),
        sa.Column("answers", sa.LargeBinary),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_dossiers_owner", "dossiers", ["owner"])
    op.create_index("ix_dossiers_expires_at", "dossiers", ["expires_at"])
    op.create_table(
        "dossier_files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("dossier", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_dossier_files_dossier", "dossier_files", ["dossier"])
    _audit()


def _audit() -> None:
    op.create_table(
        "dossier_overrides",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("dossier", sa.String(32)),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(60)),
        sa.Column("requirement", sa.String(200), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("checked", sa.String(20), nullable=False),
        sa.Column("papers", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("officer", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_dossier_overrides_dossier", "dossier_overrides", ["dossier"])
    op.create_index("ix_dossier_overrides_at", "dossier_overrides", ["at"])
    op.create_table(
        "dossier_erasures",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("dossiers", sa.Integer, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )


def downgrade() -> None:
    for table in ("dossier_erasures", "dossier_overrides", "dossier_files", "dossiers"):
        op.drop_table(table)
