"""签约: the cards that customers signed up. Few rows, written one at a time, outside of any payment."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import Text, bindparam, update

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import Prepared, prepared_insert
from payswitch.storage.schema import agreements

AGREEMENT: Final = RowCodec(Agreement)
_INSERT: Final = prepared_insert(agreements)
_CHANGING: Final = ("state", "agreement_no", "handle", "activated_at_ms", "ended_at_ms")
"""Whose card it is, at which bank and channel, is written once."""
_UPDATE: Final = Prepared(
    update(agreements)
    .where(
        agreements.c.agreement_id == bindparam("the_id", type_=Text),
        agreements.c.state == bindparam("the_state", type_=Text),
    )
    .values({name: bindparam(name, type_=agreements.c[name].type) for name in _CHANGING})
)


def save(cursor: sqlite3.Cursor, agreement: Agreement) -> None:
    cursor.execute(_INSERT, AGREEMENT.encode(agreement))


def replace(cursor: sqlite3.Cursor, agreement: Agreement, was: AgreementState) -> bool:
    """Write what may change, provided that the stored state is still `was`."""
    row = dict(zip(AGREEMENT.fields, AGREEMENT.encode(agreement), strict=True))
    values = {name: row[name] for name in _CHANGING}
    cursor.execute(_UPDATE.sql, _UPDATE.bind(the_id=agreement.agreement_id, the_state=was.value, **values))
    return cursor.rowcount == 1
