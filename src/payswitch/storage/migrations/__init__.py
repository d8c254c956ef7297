"""Alembic revisions. A released revision is never edited; a change of the schema is a new file in `versions/`."""
