"""Which channel families this sandbox speaks: one line each."""

from __future__ import annotations

from collections.abc import Callable

from payswitch.sandbox.alipay import AlipayWire
from payswitch.sandbox.applepay.wire import ApplepayWire
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.epay.wire import EpayWire
from payswitch.sandbox.huifu.wire import HuifuWire
from payswitch.sandbox.quickpay.wire import QuickpayWire
from payswitch.sandbox.unionpay.wire import UnionpayWire
from payswitch.sandbox.wechatpay import WechatWire
from payswitch.sandbox.wire import Wire

WIRES: dict[str, Callable[[SandboxCore], Wire]] = {
    "alipay": AlipayWire,
    "applepay": ApplepayWire,
    "epay": EpayWire,
    "huifu": HuifuWire,
    "quickpay": QuickpayWire,
    "unionpay": UnionpayWire,
    "wechatpay": WechatWire,
}
