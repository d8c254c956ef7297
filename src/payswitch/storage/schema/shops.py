"""Shops with their API keys, and the cards that their customers signed up (签约)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from payswitch.domain.agreement import AgreementState
from payswitch.storage.schema.columns import COUNTER, metadata, number, one_of, text

shops = Table(
    "shops",
    metadata,
    text("shop_id"),
    text("merchant_id"),
    text("name"),
    text("notify_url", optional=True),
    number("accept_late_s", optional=True),
    PrimaryKeyConstraint("shop_id", name="pk_shops"),
)

api_keys = Table(
    "api_keys",
    metadata,
    text("fingerprint"),
    text("shop_id"),
    number("created_at_ms"),
    number("revoked_at_ms", optional=True),
    PrimaryKeyConstraint("fingerprint", name="uq_api_key"),
    ForeignKeyConstraint(["shop_id"], ["shops.shop_id"], name="fk_api_key_shop"),
)

agreements = Table(
    "agreements",
    metadata,
    text("agreement_id"),
    text("merchant_id"),
    text("shop_id"),
    text("customer_id"),
    text("channel_id"),
    Column("channel_version", COUNTER, nullable=False),
    text("bank"),
    text("card_tail"),
    text("state"),
    text("agreement_no"),
    text("handle"),
    number("created_at_ms"),
    number("activated_at_ms", optional=True),
    number("ended_at_ms", optional=True),
    PrimaryKeyConstraint("agreement_id", name="pk_agreements"),
    CheckConstraint(one_of("state", AgreementState), name="ck_agreement_state"),
    CheckConstraint("state <> 'active' OR agreement_no <> ''", name="ck_agreement_no"),
)
Index("ix_agreements_customer", agreements.c.shop_id, agreements.c.customer_id, agreements.c.created_at_ms)
