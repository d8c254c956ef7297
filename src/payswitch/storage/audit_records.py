"""The record of audits: where the next one begins."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Integer, literal_column, select

from payswitch.domain.audit import AuditRecord
from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.schema import audits
from payswitch.storage.scripts import Script, write

AUDIT: Final = RowCodec(AuditRecord)
LAST: Final = Prepared(select(*audits.columns).order_by(audits.c.audit_id.desc()).limit(literal_column("1", Integer)))
_INSERT: Final = PreparedInsert(audits)


def save(record: AuditRecord) -> Script[None]:
    yield from write(_INSERT, AUDIT.encode(record))
