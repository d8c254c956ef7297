"""Whether a customer has paid at a shop before: one index over the paid payments of named customers.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import is_postgres, partial

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQLITE = "json_extract(customer, '$.customer_id')"
_POSTGRES = "((customer::json) ->> 'customer_id')"


def upgrade() -> None:
    customer = _POSTGRES if is_postgres() else _SQLITE
    op.create_index(
        "ix_payments_customer",
        "payments",
        ["shop_id", sa.text(customer)],
        **partial(f"state = 'succeeded' AND {_SQLITE} IS NOT NULL", f"state = 'succeeded' AND {_POSTGRES} IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_payments_customer", "payments")
