"""The checkout's words, Simplified Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from payswitch.domain import errors as kinds
from payswitch.domain.channel import Method


@dataclass(frozen=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True)
class MethodWords:
    """How a method is named and with which app its code is scanned."""

    name: Words
    app: Words
    glyph: str
    """One character in the coloured circle."""


METHODS: dict[Method, MethodWords] = {
    Method.WECHAT: MethodWords(Words("微信支付", "WeChat Pay"), Words("微信", "WeChat"), "微"),
    Method.ALIPAY: MethodWords(Words("支付宝", "Alipay"), Words("支付宝", "Alipay"), "支"),
    Method.HUABEI: MethodWords(Words("花呗分期", "Huabei instalments"), Words("支付宝", "Alipay"), "花"),
    Method.UNIONPAY: MethodWords(Words("云闪付", "UnionPay"), Words("云闪付", "UnionPay app"), "云"),
    Method.QUICKPAY: MethodWords(Words("银行卡快捷支付", "Bank card"), Words("银行 App", "bank's app"), "银"),
    Method.ECNY: MethodWords(Words("数字人民币", "e-CNY"), Words("数字人民币", "e-CNY app"), "数"),
    Method.APPLE_PAY: MethodWords(Words("Apple Pay", "Apple Pay"), Words("Apple Pay", "Apple Pay"), "A"),
    Method.HUAWEI_PAY: MethodWords(Words("华为支付", "Huawei Pay"), Words("华为钱包", "Huawei Wallet"), "华"),
    Method.MI_PAY: MethodWords(Words("小米支付", "Mi Pay"), Words("小米钱包", "Mi Wallet"), "米"),
    Method.SAMSUNG_PAY: MethodWords(Words("三星支付", "Samsung Pay"), Words("三星钱包", "Samsung Wallet"), "三"),
    Method.VIVO_PAY: MethodWords(Words("vivo 支付", "vivo Pay"), Words("vivo 钱包", "vivo Wallet"), "v"),
}

PHASES: dict[str, Words] = {
    "choose": Words("选择支付方式", "Choose how to pay"),
    "waiting": Words("等待支付", "Waiting for your payment"),
    "confirming": Words("确认中，请勿重复支付", "Being confirmed, please do not pay again"),
    "succeeded": Words("支付成功", "Paid"),
    "closed": Words("已关闭", "Closed"),
}

EXPIRED = Words("支付时间已过，订单已关闭", "The time for paying is over")
CANCELLED = Words("商家已取消本次支付", "The shop has cancelled this payment")

NOTICES: dict[str, Words] = {
    kinds.CHANNELS_UNAVAILABLE.code: Words(
        "支付通道繁忙，订单已保留，请稍候再试", "The channels are busy; nothing is lost, please try again"
    ),
    kinds.PAYER_REFUSED.code: Words("付款未被接受，请换一种支付方式", "It was refused; please choose another way"),
    kinds.NO_CANDIDATE.code: Words(
        "当前没有可用的支付方式，请换一种", "This way is not available; please choose another"
    ),
    kinds.WRONG_STATE.code: Words("支付单状态已更新，请查看", "The payment has changed meanwhile; please have a look"),
}
TROUBLE = Words("出了点问题，支付不受影响，请重试", "Something failed; your payment is safe, please try again")
NOT_HERE = Words("收银台链接无效或已失效", "This checkout link is not valid (any more)")


def surplus(amount: str, *, late: bool, done: bool) -> Words:
    """重复支付 (or money that came after the payment had closed): said as soon as it is known."""
    if done:
        what = Words("订单关闭后到账", "The late payment") if late else Words("重复支付", "The second payment")
        return Words(f"{what.zh}的 ¥{amount} 已原路退回", f"{what.en} of ¥{amount} was paid back")
    if late:
        return Words(
            f"付款在订单关闭后到账，¥{amount} 将原路退回",
            f"Your payment came after the order had closed: ¥{amount} goes back to where it came from",
        )
    return Words(
        f"检测到重复支付，¥{amount} 将原路退回",
        f"You paid twice: ¥{amount} goes back to where it came from",
    )
