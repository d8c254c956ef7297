"""What is written down beside a payment: routing decisions, incidents, idempotency keys."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from payswitch.storage.schema.columns import metadata, number, text

decisions = Table(
    "decisions",
    metadata,
    text("decision_id"),
    text("payment_id"),
    text("policy_version"),
    number("at_ms"),
    number("duration_us"),
    text("plan"),
    text("facts", optional=True),
    PrimaryKeyConstraint("decision_id", name="pk_decisions"),
    ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name="fk_decision_payment"),
)
Index("ix_decisions_payment", decisions.c.payment_id)
Index("ix_decisions_at", decisions.c.at_ms, decisions.c.decision_id)

incidents = Table(
    "incidents",
    metadata,
    text("incident_id"),
    text("kind"),
    number("at_ms"),
    text("payment_id", optional=True),
    text("attempt_id", optional=True),
    text("channel_id", optional=True),
    text("detail"),
    PrimaryKeyConstraint("incident_id", name="pk_incidents"),
)
Index("ix_incidents_at", incidents.c.at_ms, incidents.c.incident_id)

idempotency = Table(
    "idempotency",
    metadata,
    text("shop_id"),
    text("key"),
    text("input_hash"),
    text("resource_id"),
    number("created_at_ms"),
    PrimaryKeyConstraint("shop_id", "key", name="uq_idempotency"),
)
