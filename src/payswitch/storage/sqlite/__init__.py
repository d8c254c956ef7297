"""The store on one SQLite file: one writer thread with group commit, readers beside it."""

from payswitch.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
