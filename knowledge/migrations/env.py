"""Runs migrations on the connection that knowledge.sql hands over."""

from alembic import context

from knowledge.sql import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
