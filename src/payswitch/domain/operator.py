"""运营人员: a person (or a program of theirs) who runs channels, and whose channels they may touch."""

from __future__ import annotations

import msgspec


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Configured with an API key of its own, apart from the shops' keys."""

    operator_id: str
    name: str
    merchant_ids: frozenset[str]
    """The merchants whose channels this operator manages. What belongs to another merchant does not exist for them."""

    def manages(self, merchant_id: str) -> bool:
        return merchant_id in self.merchant_ids
