"""Which worker has taken which payment, and until when."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from payswitch.storage.schema.columns import metadata, number, text

sweep_claims = Table(
    "sweep_claims",
    metadata,
    text("payment_id"),
    number("until_ms"),
    text("holder"),
    PrimaryKeyConstraint("payment_id", name="pk_sweep_claims"),
)
Index("ix_sweep_claims_until", sweep_claims.c.until_ms)
