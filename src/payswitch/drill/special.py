"""The drills that are no scripted night with shoppers: each a program of its own, run like the others by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.drill.scenario import Text


class Special(msgspec.Struct, frozen=True, kw_only=True):
    """What the list and the headline say of it."""

    name: str
    title: Text
    story: Text
    payments: int | None
    """How many by default; None: it decides itself."""


ALL_CHANNELS: Final = Special(
    name="all-channels",
    title=Text(zh="全渠道巡检", en="A tour of all channels"),
    story=Text(
        zh="每条渠道的每个产品都真实支付一次并退款：扫码、跳转、表单、应用内、付款码、银行卡短信确认、网页 Apple Pay。",
        en="Every product of every channel is paid once and refunded: codes, redirects, forms, in apps, payment codes, "
        "bank cards confirmed by SMS, Apple Pay on the web.",
    ),
    payments=None,
)
ONE_BANK_DOWN: Final = Special(
    name="one-bank-down",
    title=Text(zh="单行故障", en="One bank is down"),
    story=Text(
        zh="顾客用五家银行的签约卡付款，其中工商银行中途故障：只有它的顾客改走其他方式，其余银行的份额与成功率不变。",
        en="Customers pay with signed cards of five banks and ICBC falls ill: only its customers are sent elsewhere, "
        "the other banks' share and success stay.",
    ),
    payments=300,
)

CHECKOUT_NIGHT: Final = Special(
    name="checkout-night",
    title=Text(zh="收银台之夜", en="A night at the checkout"),
    story=Text(
        zh="顾客在真实浏览器里用真实收银台付款，渠道陆续故障：没有人看到错误页，付了两次的人当场被告知并收到退款。",
        en="Shoppers pay on the real page in real browsers while channels die: nobody sees an error page, and whoever "
        "paid twice is told at once and gets it back. Needs Chromium and Playwright.",
    ),
    payments=24,
)

SPECIALS: Final[Mapping[str, Special]] = {
    special.name: special for special in (ALL_CHANNELS, ONE_BANK_DOWN, CHECKOUT_NIGHT)
}
