"""A merchant's list of orders, newest first: what this protocol has instead of a bill. Can be made wrong on purpose."""

from __future__ import annotations

from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.bills import BillDesk, Change
from payswitch.sandbox.epay.merchant import EpayMerchant
from payswitch.sandbox.epay.orders import Fields, OrderDesk
from payswitch.sandbox.ledger import Order


class Listing:
    """All orders of a merchant as the list shows them. Refunds are not in it, so that only edits of payments matter."""

    def __init__(self, orders: OrderDesk, desk: BillDesk) -> None:
        self._orders = orders
        self._desk = desk

    def rows(self, merchant: EpayMerchant) -> list[Fields]:
        rows = (self._row(merchant, order) for order in self._orders.of(merchant))
        return [row for row in rows if row is not None]

    def _row(self, merchant: EpayMerchant, order: Order) -> Fields | None:
        row = self._orders.view(merchant, order)
        for edit in self._desk.settings.edits:
            if edit.channel_order_no != order.channel_order_no or edit.out_refund_no:
                continue
            if edit.change is Change.DROP:
                return None
            row["money"] = yuan_from_fen(order.amount_fen + edit.by_fen)
        return row
