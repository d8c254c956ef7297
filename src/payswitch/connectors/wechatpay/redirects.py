"""异常退款: a refund whose card or account is void, sent to another bank card of the customer's.

Source: WeChat Pay's page 发起异常退款 of 2024-12-30 (`.../refunds/{refund_id}/apply-abnormal-refund`). The card's
number and the holder's name travel encrypted with WeChat's own public key. The other way that it documents, to the
merchant's account, is not offered here: the customer would not have the money, and the refund would say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.domain.exchange import PayeeCard, RefundOrder
from payswitch.kit.crypto import VerifyingKey

BANK_TYPES: Final[Mapping[str, str]] = {
    "cmb": "CMB_DEBIT",
    "bocom": "COMM_DEBIT",
    "abc": "ABC_DEBIT",
    "ccb": "CCB_DEBIT",
    "icbc": "ICBC_DEBIT",
    "boc": "BOC_DEBIT",
    "pab": "PAB_DEBIT",
    "spdb": "SPDB_DEBIT",
    "citic": "CITIC_DEBIT",
    "ceb": "CEB_DEBIT",
    "cmbc": "CMBC_DEBIT",
    "cib": "CIB_DEBIT",
    "gdb": "GDB_DEBIT",
    "psbc": "PSBC_DEBIT",
    "nbcb": "NBCB_DEBIT",
}
"""Debit cards of these banks only."""


def redirect_body(refund: RefundOrder, card: PayeeCard, key: VerifyingKey, merchant: Mapping[str, str]) -> bytes:
    """JSON of the call. The same number again is the same refund at WeChat."""
    return msgspec.json.encode(
        {
            **merchant,
            "out_refund_no": refund.out_refund_no,
            "type": "USER_BANK_CARD",
            "bank_type": BANK_TYPES[card.bank],
            "bank_account": key.encrypt(card.card_no.reveal()),
            "real_name": key.encrypt(card.name.reveal()),
        }
    )
