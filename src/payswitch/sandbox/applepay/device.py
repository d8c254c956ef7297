"""The customer's iPhone: asks for the face, and gives the page a token (`ApplePayPaymentToken`).

What the secure element and Apple's server do together is done here: a one-time number, the card's device account
number, the amount of the sheet, all encrypted to the acquirer's key and signed by Apple.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from payswitch.sandbox.applepay.cms import sign
from payswitch.sandbox.applepay.envelope import private_key, public_bytes, seal
from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.core import SandboxCore

TOKEN_VALID_MS = 300_000
"""An acquirer takes a token for five minutes after it was made [O]."""
_DEVICE_ACCOUNT = "6282880000012"
"""What the sandbox's device account numbers begin with; three digits of the wish and three more follow."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page asked for and what the customer chose: body of a POST to `/_sandbox/applepay/token`."""

    account: str
    amount_fen: int
    card: str = "00"
    """Two digits, the respCode with which the customer's bank answers: `00` pays at once, `64` has no money, `05` is
    still working on it ... (as with UnionPay's payment codes)."""
    network: str = "ChinaUnionPay"
    currency: str = "156"
    expires: str = "351231"
    """The card's, yyMMdd."""
    session: dict[str, Any] | None = None
    """The merchant session that the page completed the validation with; checked like a device does, if it is given."""


class Device:
    """Every customer's device. Remembers when each token was made: the stand-in for its CMS signing time, so that a
    drill's clock decides how old a token is."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self.made_at_ms: dict[str, int] = {}

    def token(self, keys: ApplepayKeys, sheet: Sheet) -> dict[str, Any]:
        """The token as the page's `event.payment.token`, ready for `JSON.stringify`."""
        transaction_id = hashlib.sha256(self._core.ids.nonce().encode()).hexdigest()
        processing = private_key(keys.processing_private_key).public_key()
        content = msgspec.json.encode(_content(sheet, transaction_id))
        data, ephemeral = seal(content, processing, keys.merchant_identifier)
        signature = sign(
            ephemeral + data + bytes.fromhex(transaction_id),
            keys.token_private_key,
            keys.token_certificate,
            keys.middle_certificate,
        )
        self.made_at_ms[transaction_id] = self._core.clock.now_ms()
        return {
            "paymentData": {
                "version": "EC_v1",
                "data": _text(data),
                "signature": _text(signature),
                "header": {
                    "ephemeralPublicKey": _text(ephemeral),
                    "publicKeyHash": _text(hashlib.sha256(public_bytes(processing)).digest()),
                    "transactionId": transaction_id,
                },
            },
            "paymentMethod": {"displayName": "银联卡 1234", "network": sheet.network, "type": "debit"},
            "transactionIdentifier": transaction_id.upper(),
        }


def _content(sheet: Sheet, transaction_id: str) -> dict[str, Any]:
    """What Apple encrypts. UnionPay cards bring EMV data; here it is only a number that nobody can guess."""
    return {
        "applicationPrimaryAccountNumber": f"{_DEVICE_ACCOUNT}{sheet.card.zfill(3)}",
        "applicationExpirationDate": sheet.expires,
        "currencyCode": sheet.currency,
        "transactionAmount": sheet.amount_fen,
        "deviceManufacturerIdentifier": "040010030273",
        "paymentDataType": "EMV",
        "paymentData": {"emvData": _text(bytes.fromhex(transaction_id))},
    }


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
