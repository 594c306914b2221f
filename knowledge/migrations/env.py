"""Runs migrations on the connection that knowledge.sql hands over."""

from alembic import context

from knowledge.sql import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
