"""Alembic runs this file. The connection comes from `upgrade.py`, never from an ini file."""

from __future__ import annotations

from alembic import context

from payswitch.storage.schema import metadata

connection = context.config.attributes["connection"]
# The transaction belongs to the caller, who also holds the write lock: a half-done upgrade is never visible.
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False, render_as_batch=True)
context.run_migrations()
