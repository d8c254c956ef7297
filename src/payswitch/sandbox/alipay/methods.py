"""The server-side methods: each reads its business parameters, does one atomic step and gives its answer's node."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from payswitch.sandbox.alipay import debits, fields, trades, views
from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.codes import business, gateway
from payswitch.sandbox.alipay.terms import read_reference, read_refund, read_terms
from payswitch.sandbox.core import SandboxCore

QR_PREFIX = "https://qr.alipay.com/"
"""A code's text is this and the order's token."""

Method = Callable[[SandboxCore, Application, Mapping[str, str], fields.Biz], views.Node]


def precreate(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """A code for the customer to scan. No trade exists yet."""
    order = app.trades.create(read_terms(params, biz, app.seller_id))
    return views.success(out_trade_no=order.channel_order_no, qr_code=QR_PREFIX + order.credential)


def create(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """For a page or mini program inside Alipay: the trade exists at once, the customer has only to confirm."""
    order = app.trades.create(read_terms(params, biz, app.seller_id))
    app.trades.scan(order)
    return views.success(out_trade_no=order.channel_order_no, trade_no=trades.trade_no(order))


def query(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    order = app.trades.find(*read_reference(biz))
    status = None if order is None else app.trades.status(order)
    if order is None or status is None:
        raise business("ACQ.TRADE_NOT_EXIST")
    return views.query_node(order, status)


def close(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    order = app.trades.close(*read_reference(biz))
    core.notifier.start(order, "closed")
    return views.success(out_trade_no=order.channel_order_no, trade_no=trades.trade_no(order))


def cancel(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """Success even for a number nobody knows: then without `action` and `trade_no`."""
    out_trade_no, trade_no = read_reference(biz)
    done = app.cancelling.cancel(out_trade_no, trade_no)
    if done.order is None:
        return views.success(retry_flag="N") | ({"out_trade_no": out_trade_no} if out_trade_no else {})
    named = {"out_trade_no": done.order.channel_order_no, "trade_no": trades.trade_no(done.order)}
    if done.again:
        return views.success(retry_flag="Y", **named)
    if done.refund is not None:
        core.notifier.start(done.order, "refunded", done.refund)
    return views.success(retry_flag="N", action=done.action, **named)


def refund(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    order, entered, moved = app.trades.refund(read_refund(biz))
    if moved:
        core.notifier.start(order, "refunded", entered)
    return views.refund_node(order, entered, moved=moved)


def refund_query(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    order = app.trades.find(*read_reference(biz))
    request_no = fields.required_text(biz, "out_request_no", limit=64)
    if order is None:
        raise business("ACQ.TRADE_NOT_EXIST")
    return views.refund_query_node(order, trades.find_refund(order, request_no))


def bill_address(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """Where the day's bill can be fetched, for half a minute."""
    return views.success(bill_download_url=app.bills.offer(biz))


def certificate_download(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """Alipay's certificate by its serial number, for clients that met one they do not know."""
    wanted = fields.required_text(biz, "alipay_cert_sn", limit=64)
    if wanted != app.keys.alipay_cert_sn:
        raise gateway("isv.alipay-cert-not-exist")
    return views.success(alipay_cert_content=base64.b64encode(app.certificate_pem.encode()).decode())


SERVER_METHODS: dict[str, Method] = {
    "alipay.trade.precreate": precreate,
    "alipay.trade.create": create,
    "alipay.trade.pay": debits.pay,
    "alipay.trade.query": query,
    "alipay.trade.close": close,
    "alipay.trade.cancel": cancel,
    "alipay.trade.refund": refund,
    "alipay.trade.fastpay.refund.query": refund_query,
    "alipay.data.dataservice.bill.downloadurl.query": bill_address,
    "alipay.open.app.alipaycert.download": certificate_download,
}
PAGE_METHODS = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
"""Opened by the customer's browser, never called by the merchant's server."""
APP_METHOD = "alipay.trade.app.pay"
"""Neither: its signed order string goes to the wallet's app."""
SIGNED_LOCALLY = PAGE_METHODS | {APP_METHOD}
METHODS = frozenset(SERVER_METHODS) | SIGNED_LOCALLY

OPERATIONS = {
    "alipay.trade.precreate": "create",
    "alipay.trade.create": "create",
    "alipay.trade.pay": "debit",
    "alipay.trade.page.pay": "create",
    "alipay.trade.wap.pay": "create",
    "alipay.trade.query": "query",
    "alipay.trade.close": "close",
    "alipay.trade.cancel": "reverse",
    "alipay.trade.refund": "refund",
    "alipay.trade.fastpay.refund.query": "refund_query",
    "alipay.data.dataservice.bill.downloadurl.query": "query",
    "alipay.open.app.alipaycert.download": "certificates",
}
"""The methods in the vocabulary of faults."""
