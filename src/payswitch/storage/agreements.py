"""签约: the cards that customers signed up. Few rows, written one at a time, outside of any payment."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Text, bindparam, update

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.schema import agreements
from payswitch.storage.scripts import Script, write

AGREEMENT: Final = RowCodec(Agreement)
_INSERT: Final = PreparedInsert(agreements)
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


def save(agreement: Agreement) -> Script[None]:
    yield from write(_INSERT, AGREEMENT.encode(agreement))


def replace(agreement: Agreement, was: AgreementState) -> Script[bool]:
    """Write what may change, provided that the stored state is still `was`."""
    row = dict(zip(AGREEMENT.fields, AGREEMENT.encode(agreement), strict=True))
    values = {name: row[name] for name in _CHANGING}
    return (yield from write(_UPDATE, values | {"the_id": agreement.agreement_id, "the_state": was.value})) == 1
