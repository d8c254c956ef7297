"""Request bodies, stricter than the commands they become: a misspelt field inside `customer` is an error, too.

The stored customer stays lenient, so that an older version can read what a newer one wrote.
"""

from __future__ import annotations

from payswitch.domain.payment import Customer
from payswitch.services.commands import CreatePayment


class CustomerInput(Customer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop tells about the customer; all of it optional, none of it secret."""


class CreatePaymentInput(CreatePayment, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments`."""

    customer: CustomerInput = CustomerInput()
