"""What a decision took for true about the customer, and where it had that from: for the record of the decision."""

from __future__ import annotations

from typing import Final

from payswitch.domain.customer import Customer, age_band_of
from payswitch.routing.request import Fact, Origin, RouteRequest

_UNKNOWN: Final = Fact(Origin.UNKNOWN)


def facts_of(request: RouteRequest, asked: tuple[str, ...]) -> dict[str, Fact]:
    """The facts that the rules ask for, each with its origin."""
    return {name: _fact(request, name) for name in asked}


def _fact(request: RouteRequest, name: str) -> Fact:
    value = _value(request.customer, name)
    if not value:
        return _UNKNOWN
    return Fact(Origin.DERIVED if name in request.derived else Origin.GIVEN, value)


def _value(customer: Customer, name: str) -> str:
    if name == "customer_new":
        return "" if customer.is_new is None else "new" if customer.is_new else "returning"
    if name == "device":
        return customer.device or ""
    if customer.age is not None:
        return age_band_of(customer.age).value
    return customer.age_band.value if customer.age_band else ""
