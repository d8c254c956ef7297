"""The facts of a decision as they are recorded beside it; facts and plan read again for a replay or a simulation.

What identifies the customer at a wallet is left out: for routing it only matters whether it was known.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.customer import Customer
from payswitch.domain.payment import Decision, Payment
from payswitch.routing.request import RoutePlan, RouteRequest

_KNOWN: Final = "known"
"""In place of an openid or a wallet's user id."""
_ONLY_WHETHER: Final = frozenset({"openid", "openids", "buyer_id"})
_TELLS_NOBODY: Final = frozenset({"is_new", "age", "age_band", "device", "risk"})
_encode: Final = msgspec.json.Encoder().encode
_requests: Final = msgspec.json.Decoder(RouteRequest)
_plans: Final = msgspec.json.Decoder(RoutePlan)


def facts_of(request: RouteRequest) -> msgspec.Raw:
    """What routing was asked, as JSON. Metadata stands in the payment's own row."""
    return msgspec.Raw(_encode(replace(request, customer=_masked(request.customer), metadata={})))


def _masked(customer: Customer) -> Customer:
    """What is not named here is left out: a field that is added to the customer one day tells nothing by mistake."""
    kept: dict[str, Any] = {}
    for name in customer.__struct_fields__:
        value = getattr(customer, name)
        if name in _TELLS_NOBODY:
            kept[name] = value
        elif name in _ONLY_WHETHER and value:
            kept[name] = dict.fromkeys(value, _KNOWN) if isinstance(value, dict) else _KNOWN
    return Customer(**kept)


def request_of(decision: Decision, payment: Payment) -> RouteRequest | None:
    """The recorded question; None when it was not recorded, or in words that this version does not know."""
    if decision.facts is None:
        return None
    try:
        return replace(_requests.decode(decision.facts), metadata=payment.metadata)
    except msgspec.ValidationError:
        return None


def plan_of(decision: Decision) -> RoutePlan | None:
    """The recorded plan; None when it is written in words that this version does not know."""
    try:
        return _plans.decode(decision.plan)
    except msgspec.ValidationError:
        return None
