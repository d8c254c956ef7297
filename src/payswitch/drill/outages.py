"""What can befall a channel during the demo: one illness after the other, so that a newcomer sees traffic move."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from payswitch.drill.scenario import Fault, FaultKind, Text

FIRST_AFTER_S = 20.0
"""Soon enough that nobody has closed the terminal yet, late enough to have seen a healthy minute begin."""
EVERY_S = 60.0
LASTS_S = 25.0

ILLNESSES: tuple[Fault, ...] = (
    Fault(
        account="wechat-main",
        kind=FaultKind.ERROR_CODE,
        operations=("create",),
        code="SYSTEM_ERROR",
        status=500,
        message="系统繁忙，请稍后再试",
        note=Text(zh="微信主渠道返回“系统繁忙”", en='WeChat (main) answers "system busy"'),
    ),
    Fault(
        account="alipay-main",
        kind=FaultKind.REFUSE,
        note=Text(zh="支付宝主渠道网络中断", en="Alipay (main) drops every connection"),
    ),
    Fault(
        account="wechat-main",
        kind=FaultKind.HANG,
        operations=("create",),
        note=Text(zh="微信主渠道接受请求但不应答", en="WeChat (main) takes requests and never answers"),
    ),
    Fault(
        account="alipay-main",
        kind=FaultKind.ERROR_CODE,
        operations=("create",),
        code="ACQ.SYSTEM_ERROR",
        message="系统繁忙",
        note=Text(zh="支付宝主渠道返回“系统繁忙”", en='Alipay (main) answers "system busy"'),
    ),
    Fault(
        account="wechat-main",
        kind=FaultKind.HTTP_5XX,
        status=502,
        operations=("create",),
        note=Text(zh="微信主渠道入口返回 502", en="WeChat (main) answers 502 at its edge"),
    ),
    Fault(
        account="wechat-main",
        kind=FaultKind.WALLET_ERROR,
        share=0.5,
        note=Text(zh="微信主渠道的订单有一半付不了款", en="half of the wallets fail on WeChat (main) orders"),
    ),
)
"""In the order of a first run; afterwards drawn at random."""


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """One illness with its time, in seconds from the start of the demo."""

    fault: Fault
    from_s: float
    to_s: float

    @property
    def note(self) -> str:
        return str(self.fault.note or self.fault.kind.value)


def outages(seed: int) -> Iterator[Outage]:
    """Without end: about one a minute."""
    source = random.Random(f"outages:{seed}")
    at_s, number = FIRST_AFTER_S, 0
    while True:
        fault = ILLNESSES[number] if number < len(ILLNESSES) else source.choice(ILLNESSES)
        lasts_s = LASTS_S * source.uniform(0.8, 1.2)
        yield Outage(fault=fault, from_s=at_s, to_s=at_s + lasts_s)
        at_s += EVERY_S * source.uniform(0.9, 1.1)
        number += 1
