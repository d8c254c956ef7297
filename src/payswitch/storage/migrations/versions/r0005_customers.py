"""Whether a customer has paid at a shop before: one index over the paid payments of named customers.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CUSTOMER = "json_extract(customer, '$.customer_id')"


def upgrade() -> None:
    op.create_index(
        "ix_payments_customer",
        "payments",
        ["shop_id", sa.text(_CUSTOMER)],
        sqlite_where=sa.text(f"state = 'succeeded' AND {_CUSTOMER} IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_payments_customer", "payments")
