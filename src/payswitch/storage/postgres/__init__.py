"""The store on PostgreSQL: group-committed writes over one connection, everything else over a pool of them."""

from payswitch.storage.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
