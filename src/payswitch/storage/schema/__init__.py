"""The schema: tables, indexes and the invariants that the database itself enforces. One source of truth for SQLite and
PostgreSQL alike.

Column names are the field names of the domain's structs (a test holds them together); what is no plain text, number
or truth value is JSON text. Amounts are fen, times are Unix milliseconds. Every constraint and index has a name: it is
what `UniqueViolation` and `InvariantViolation` report. The migrations must lead to exactly this (a test proves it, in
both databases).
"""

from payswitch.storage.schema.alerts import (
    RESOLVED_GROUP,
    UNDELIVERED_NOTICES,
    alert_groups,
    alert_hours,
    alert_leases,
    alert_nodes,
    alert_notices,
    alert_receivers,
    alert_rules,
    alert_silences,
    alert_watches,
    alerts,
)
from payswitch.storage.schema.books import (
    audits,
    bill_marks,
    bill_runs,
    breaks,
    ledger_balances,
    ledger_moves,
    transfers,
)
from payswitch.storage.schema.channels import channel_credentials, channels, disabled_channels, managed_channels
from payswitch.storage.schema.columns import fen_sum, literal, literals, metadata
from payswitch.storage.schema.guards import GUARDS
from payswitch.storage.schema.outbox import TROUBLED_STATES, UNDELIVERED_STATES, events
from payswitch.storage.schema.payments import (
    CUSTOMER_ID,
    ENDED_PAYMENT_STATES,
    LIVE_PAYMENT_STATES,
    OPEN_REFUND_STATES,
    attempts,
    payments,
    refunds,
)
from payswitch.storage.schema.people import audit_trail, sessions, sign_in_links, users
from payswitch.storage.schema.policies import policies, policy_activations, resolved_policies
from payswitch.storage.schema.records import decisions, idempotency, incidents
from payswitch.storage.schema.reports import reports
from payswitch.storage.schema.shops import agreements, api_keys, shops
from payswitch.storage.schema.sweeping import sweep_claims
from payswitch.storage.schema.views import saved_views

TRIGGERS: tuple[str, ...] = tuple(GUARDS)

__all__ = [
    "CUSTOMER_ID",
    "ENDED_PAYMENT_STATES",
    "LIVE_PAYMENT_STATES",
    "OPEN_REFUND_STATES",
    "RESOLVED_GROUP",
    "TRIGGERS",
    "TROUBLED_STATES",
    "UNDELIVERED_NOTICES",
    "UNDELIVERED_STATES",
    "agreements",
    "alert_groups",
    "alert_hours",
    "alert_leases",
    "alert_nodes",
    "alert_notices",
    "alert_receivers",
    "alert_rules",
    "alert_silences",
    "alert_watches",
    "alerts",
    "api_keys",
    "attempts",
    "audit_trail",
    "audits",
    "bill_marks",
    "bill_runs",
    "breaks",
    "channel_credentials",
    "channels",
    "decisions",
    "disabled_channels",
    "events",
    "fen_sum",
    "idempotency",
    "incidents",
    "ledger_balances",
    "ledger_moves",
    "literal",
    "literals",
    "managed_channels",
    "metadata",
    "payments",
    "policies",
    "policy_activations",
    "refunds",
    "reports",
    "resolved_policies",
    "saved_views",
    "sessions",
    "shops",
    "sign_in_links",
    "sweep_claims",
    "transfers",
    "users",
]
