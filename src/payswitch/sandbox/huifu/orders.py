"""Creating, querying and closing orders, by Huifu's rules."""

from __future__ import annotations

from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.huifu.codes import Refused
from payswitch.sandbox.huifu.credentials import give_credential
from payswitch.sandbox.huifu.envelope import CallBody
from payswitch.sandbox.huifu.merchant import Merchant
from payswitch.sandbox.huifu.requests import (
    amount_fen,
    check_notify_url,
    check_wallet_data,
    expires_at_ms,
    req_date,
    required,
)
from payswitch.sandbox.huifu.trades import TRADE_TYPES, hf_seq_id, query_members, state
from payswitch.sandbox.ledger import Order

CLOSABLE_AFTER_MS = 60_000
"""Younger orders cannot be closed (official)."""
CLOSED_HERE = "closed_by_merchant"


class OrderDesk:
    """All accounts' orders; the ledger keeps them apart."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def create(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """A new order. A number that was used is refused, whatever stands beside it: no second credential."""
        required(call, "req_seq_id", "trade_type", "trans_amt", "goods_desc", "notify_url")
        trade_type = TRADE_TYPES.get(call.text("trade_type"))
        if trade_type is None:
            raise Refused("10000000", f"trade_type的传入枚举[{call.text('trade_type')}]不存在")
        check_notify_url(call)
        check_wallet_data(call, merchant.keys)
        number, now_ms = call.text("req_seq_id"), self._core.clock.now_ms()
        if self._core.ledger.find(merchant.channel_id, number) is not None:
            raise Refused("20000000")
        order = Order(
            account=merchant.channel_id,
            channel_order_no=number,
            product=trade_type.product,
            amount_fen=amount_fen(call, "trans_amt"),
            subject=call.text("goods_desc"),
            notify_url=call.text("notify_url"),
            created_at_ms=now_ms,
            expires_at_ms=expires_at_ms(call, now_ms),
            wallets=[wallet for wallet in trade_type.wallets if wallet in merchant.spec.wallets],
            extra={
                "req_date": req_date(call),
                "trade_type": call.text("trade_type"),
                "huifu_id": merchant.keys.huifu_id,
                "remark": call.text("remark"),
                "hf_seq_id": hf_seq_id(len(self._core.ledger) + 1, now_ms, "00290"),
                "party_order_id": f"03{len(self._core.ledger) + 1:020d}",
            },
        )
        self._core.ledger.add(order)
        shown = give_credential(self._core, merchant, order)
        return {
            "resp_code": "00000100",
            "resp_desc": "下单成功",
            "trans_stat": "P",
            "hf_seq_id": order.extra["hf_seq_id"],
            "trade_type": order.extra["trade_type"],
            "trans_amt": yuan_from_fen(order.amount_fen),
            "party_order_id": order.extra["party_order_id"],
            "bank_message": "成功[0000000]",
            "delay_acct_flag": "N",
            **shown,
        }

    def query(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """By Huifu's number, or by the merchant's with its day."""
        return {"resp_code": "00000000", "resp_desc": "查询成功", **query_members(self.original(merchant, call))}

    def close(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """WeChat and Alipay orders that are a minute old and still open."""
        required(call, "req_seq_id", "org_req_date")
        order = self.original(merchant, call)
        members = _original_members(order)
        if not TRADE_TYPES[order.extra["trade_type"]].closable:
            raise Refused("23000004", trans_stat="F", **members)
        if state(order) != "P":
            raise Refused("10000016", trans_stat="F", **members)
        if self._core.clock.now_ms() < order.created_at_ms + CLOSABLE_AFTER_MS:
            raise Refused("20000001", "不允许关闭一分钟以内的订单", trans_stat="F", **members)
        self._core.ledger.close(order)
        self._core.ledger.remember(order, **{CLOSED_HERE: "S"})
        closed = _original_members(order)
        return {"resp_code": "00000000", "resp_desc": "关单成功", "trans_stat": "S", **closed}

    def close_query(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """The fate of a close, found through the order it was about."""
        required(call, "req_seq_id", "org_req_date")
        order = self.original(merchant, call)
        if CLOSED_HERE not in order.extra:
            raise Refused("23000001", "原关单交易不存在")
        members = _original_members(order)
        return {"resp_code": "00000000", "resp_desc": "查询成功", "trans_stat": order.extra[CLOSED_HERE], **members}

    def original(self, merchant: Merchant, call: CallBody) -> Order:
        """The order that a call is about."""
        by_huifu, number = call.text("org_hf_seq_id"), call.text("org_req_seq_id")
        if not by_huifu and not number:
            raise Refused("21000000")
        order = self.find(merchant, call)
        if order is None:
            raise Refused("23000001")
        return order

    def find(self, merchant: Merchant, call: CallBody) -> Order | None:
        """Without any complaint: also for faults that choose by product and amount."""
        by_huifu, ledger = call.text("org_hf_seq_id"), self._core.ledger
        if by_huifu:
            named = (o for o in ledger if o.account == merchant.channel_id and o.extra["hf_seq_id"] == by_huifu)
            found = next(named, None)
            return ledger.find(merchant.channel_id, found.channel_order_no) if found is not None else None
        order = ledger.find(merchant.channel_id, call.text("org_req_seq_id"))
        # The same number of another day is another order.
        return order if order is not None and order.extra["req_date"] == call.text("org_req_date") else None


def _original_members(order: Order) -> dict[str, str]:
    return {
        "org_req_date": order.extra["req_date"],
        "org_req_seq_id": order.channel_order_no,
        "org_hf_seq_id": order.extra["hf_seq_id"],
        "org_trans_stat": state(order),
    }
