"""The balances of the ledger, kept beside it and opened with what it adds up to; what is not folded into them yet.

Revision 0015. It reads the whole ledger once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from payswitch.storage.migrations.both import COUNTER, TEXT

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = """
INSERT INTO ledger_balances (account, fen)
SELECT account, SUM(fen) FROM (
  SELECT debit AS account, SUM(amount_fen) AS fen FROM transfers GROUP BY debit
  UNION ALL
  SELECT credit, -SUM(amount_fen) FROM transfers GROUP BY credit
) AS sides GROUP BY account
"""


def upgrade() -> None:
    op.create_table(
        "ledger_balances",
        sa.Column("account", TEXT, nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_ledger_balances"),
    )
    op.create_table(
        "ledger_moves",
        sa.Column("move_id", COUNTER, sa.Identity(), nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("move_id", name="pk_ledger_moves"),
    )
    op.execute(sa.text(_OPEN))


def downgrade() -> None:
    op.drop_table("ledger_moves")
    op.drop_table("ledger_balances")
