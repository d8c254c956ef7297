"""How an order begins in both versions: what can be answered here, and what the call is made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from payswitch.connectors.epay.account import EpayAccount
from payswitch.connectors.epay.credentials import ends_at_ms
from payswitch.connectors.epay.products import PAY_TYPES, order_params
from payswitch.domain.channel import Credential, CredentialKind
from payswitch.domain.exchange import CreateAnswer, CreateOrder
from payswitch.domain.outcome import Outcome, OutcomeKind

ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)
_EXPIRED: Final = Outcome(
    kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already"
)


def begun(
    order: CreateOrder,
    account: EpayAccount,
    *,
    submit: str,
    signed: Callable[[Mapping[str, str]], Mapping[str, str]],
    now_ms: int,
) -> CreateAnswer | dict[str, str]:
    """An answer where no call is needed: the order cannot be made, or the cashier page's address (at the path `submit`)
    is signed here. Else the parameters of the call, not signed yet."""
    if order.product not in PAY_TYPES:
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="unsupported_product"))
    if order.expires_at_ms <= now_ms:
        return CreateAnswer(outcome=_EXPIRED)
    params = order_params(order, account.pid)
    if account.creates_by_call:
        return params
    address = f"{account.base_url}{submit}?{urlencode(signed(params))}"
    credential = Credential(kind=CredentialKind.REDIRECT, content=address, expires_at_ms=ends_at_ms(order, now_ms))
    return CreateAnswer(outcome=ACCEPTED, credential=credential)
