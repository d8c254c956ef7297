"""What Huifu tells the merchant: a form with `resp_data`, a JSON text, and the signature over exactly that text."""

from __future__ import annotations

from urllib.parse import urlencode

from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen
from payswitch.kit.retry import Schedule
from payswitch.sandbox.huifu.envelope import signed_text
from payswitch.sandbox.huifu.merchant import Merchant, stranger_key
from payswitch.sandbox.huifu.trades import day, moment, paid_members, refund_members
from payswitch.sandbox.ledger import Order, Refund
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification

SCHEDULE = Schedule((30, 60, 120))
"""At most three more tries (official). The gaps are not published: these are a guess."""
TIMEOUT_S = 5.0
"""How long the merchant may take to answer (official)."""
RECEIVED = "RECV_ORD_ID_"
CONTENT_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


def number_of(order: Order, refund: Refund | None) -> str:
    """The number that the merchant must repeat in its answer."""
    return refund.extra["req_seq_id"] if refund is not None else order.channel_order_no


def build(merchant: Merchant, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
    """The message of this try. Huifu's messages have no time of sending and no id: every try is the same text."""
    extra_fen = 1 if guise is Guise.WRONG_AMOUNT else 0
    if event.refund is not None:
        data, url = _refunded(order, event.refund, extra_fen), event.refund.notify_url
    else:
        data, url = _paid(order, extra_fen), order.notify_url
    text = signed_text(data)
    key = stranger_key() if guise is Guise.FORGED else merchant.huifu_key
    form = {"resp_code": "10000", "resp_desc": "成功调用", "sign": key.sign(text), "resp_data": text.decode()}
    return OutgoingNotification(url=url, body=urlencode(form).encode(), headers={"Content-Type": CONTENT_TYPE})


def _paid(order: Order, extra_fen: int) -> dict[str, object]:
    data: dict[str, object] = {
        "resp_code": "00000000",
        "resp_desc": "交易成功[000]",
        "huifu_id": order.extra["huifu_id"],
        "req_seq_id": order.channel_order_no,
        "req_date": order.extra["req_date"],
        "hf_seq_id": order.extra["hf_seq_id"],
        "trans_type": order.extra["trade_type"],
        "trans_amt": yuan_from_fen(order.amount_fen + extra_fen),
        "pay_amt": yuan_from_fen(order.amount_fen + extra_fen),
        "trans_stat": "S",
        "remark": order.extra["remark"],
        "is_div": "0",
        "is_delay_acct": "0",
        "fee_flag": 2,
        "notify_type": 1,
        **paid_members(order),
    }
    return data | _wallet_response(order)


def _wallet_response(order: Order) -> dict[str, object]:
    """The wallet's own words stand inside as objects, not as texts."""
    kind = order.extra["trade_type"][0]
    if kind == "D":
        return {"dc_response": {"custom_bank_code": "C1010411000013", "custom_bank_name": "某运营机构（沙箱）"}}
    if kind == "T":
        return {"wx_response": {"sub_openid": f"o{order.n:027d}", "bank_type": "OTHERS"}}
    if kind == "A":
        return {"alipay_response": {"buyer_id": f"2088{order.n:012d}", "buyer_logon_id": "138******66"}}
    return {"unionpay_response": {"acc_no": "6226********0000"}}


def _refunded(order: Order, refund: Refund, extra_fen: int) -> dict[str, object]:
    at_ms = refund.settled_at_ms or refund.created_at_ms
    return {
        **refund_members(order, refund),
        "resp_code": "00000000",
        "resp_desc": "交易成功[000]",
        "req_seq_id": refund.extra["req_seq_id"],
        "req_date": refund.extra["req_date"],
        "hf_seq_id": refund.refund_id,
        "org_req_date": order.extra["req_date"],
        "org_req_seq_id": order.channel_order_no,
        "org_ord_amt": yuan_from_fen(order.amount_fen),
        "trans_type": "TRANS_REFUND",
        "ord_amt": yuan_from_fen(refund.amount_fen + extra_fen),
        "total_ref_amt": yuan_from_fen(order.refunded_fen),
        "ref_cut": str(len(order.refunds)),
        "trans_date": day(at_ms),
        "trans_time": beijing(at_ms).strftime("%H%M%S"),
        "trans_finish_time": moment(at_ms),
    }
