"""Policy documents, the log of which is in force, and whole policies by their name: only ever added to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from payswitch.domain.policy_record import PolicyAction
from payswitch.storage.schema.columns import metadata, number, one_of, text
from payswitch.storage.schema.guards import never_changed

policies = Table(
    "policies",
    metadata,
    text("policy_id"),
    text("merchant_id"),
    text("shop_id"),
    number("number"),
    text("document"),
    text("note"),
    number("created_at_ms"),
    text("created_by"),
    PrimaryKeyConstraint("policy_id", name="pk_policies"),
    UniqueConstraint("merchant_id", "shop_id", "number", name="uq_policy_number"),
    CheckConstraint("number > 0", name="ck_policy_number"),
)

policy_activations = Table(
    "policy_activations",
    metadata,
    text("merchant_id"),
    text("shop_id"),
    number("revision"),
    number("number"),
    text("action"),
    text("policy_version"),
    text("note"),
    number("at_ms"),
    text("operator_id"),
    PrimaryKeyConstraint("merchant_id", "shop_id", "revision", name="uq_policy_activation"),
    CheckConstraint("revision > 0", name="ck_policy_activation_revision"),
    CheckConstraint(one_of("action", PolicyAction), name="ck_policy_activation_action"),
)

resolved_policies = Table(
    "resolved_policies",
    metadata,
    text("policy_version"),
    text("document"),
    number("at_ms"),
    PrimaryKeyConstraint("policy_version", name="uq_resolved_policy"),
)

never_changed(policies, "ck_policy_final")
never_changed(policy_activations, "ck_policy_activation_final")
never_changed(resolved_policies, "ck_resolved_policy_final")
