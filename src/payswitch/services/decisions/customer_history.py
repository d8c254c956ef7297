"""Who has paid at which shop before, as far as a rule asked: read once, then kept true."""

from __future__ import annotations

from typing import Final

from payswitch.domain.payment import Payment

_MOST: Final = 100_000
"""Customers remembered; the one first heard of is forgotten first, and read again when they come back."""


class CustomerHistory:
    """Who has paid at which shop, as far as somebody asked. Every payment of this process goes through `paid`, so that
    what is remembered stays true."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._returning: dict[tuple[str, str], bool] = {}

    def is_new(self, shop_id: str, customer_id: str) -> bool | None:
        """None: nobody has looked yet."""
        returning = self._returning.get((shop_id, customer_id))
        return None if returning is None else not returning

    def heard(self, shop_id: str, customer_id: str, *, returning: bool) -> None:
        """What storage says. A payment that succeeded meanwhile knows better."""
        key = (shop_id, customer_id)
        if key not in self._returning:
            if len(self._returning) >= self._most:
                del self._returning[next(iter(self._returning))]
            self._returning[key] = returning

    def paid(self, payment: Payment) -> None:
        """This customer is no new one any more."""
        key = (payment.shop_id, payment.customer.customer_id or "")
        if key in self._returning:
            self._returning[key] = True
