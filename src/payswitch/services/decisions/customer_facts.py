"""What is known about a customer whom the shop describes only in part: derived, and marked as derived.

The device comes from the User-Agent, the age band from the age, and whether the customer is new from the shop's own
history: has this `customer_id` ever paid there? That is one indexed read, made before the first decision of a payment
and only when a rule of the active policy asks; the decision itself reads nothing.
"""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.customer import Customer, age_band_of
from payswitch.domain.device import device_of
from payswitch.domain.payment import Payment
from payswitch.services.context import Context


async def look_up_customer(ctx: Context, payment: Payment) -> None:
    """Read the customer's history if a rule asks for it, the shop did not say, and nobody has looked yet."""
    customer = payment.customer
    if customer.is_new is not None or not customer.customer_id or not _asks_who_is_new(ctx, payment):
        return
    if ctx.history.is_new(payment.shop_id, customer.customer_id) is None:
        returning = await ctx.store.has_paid(payment.shop_id, customer.customer_id)
        ctx.history.heard(payment.shop_id, customer.customer_id, returning=returning)


def _asks_who_is_new(ctx: Context, payment: Payment) -> bool:
    return "customer_new" in ctx.router.asks_for(payment.merchant_id, payment.shop_id)


def described(ctx: Context, payment: Payment) -> tuple[Customer, frozenset[str]]:
    """The customer with everything that can be derived without asking anybody, and the names of what was derived."""
    customer = payment.customer
    found: dict[str, object] = {}
    names = []
    if customer.device is None and payment.user_agent and (device := device_of(payment.user_agent)) is not None:
        found["device"] = device
        names.append("device")
    if customer.age_band is None and customer.age is not None:
        found["age_band"] = age_band_of(customer.age)
        names.append("age_band")
    if customer.is_new is None and customer.customer_id and _asks_who_is_new(ctx, payment):
        is_new = ctx.history.is_new(payment.shop_id, customer.customer_id)
        if is_new is not None:
            found["is_new"] = is_new
            names.append("customer_new")
    if not found:
        return customer, frozenset()
    return replace(customer, **found), frozenset(names)
