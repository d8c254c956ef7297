"""支付环境 from the User-Agent: where the customer's screen is.

A hint for presentation, never for authorisation: a customer who lies about the browser only gets a button that
does not work there. The order matters, because most apps also claim to be something else: WeCom and WeChat's
mini-programs say `MicroMessenger` too, and every app says `Mobile Safari`.
"""

from __future__ import annotations

from payswitch.domain.channel import Environment

_Needles = tuple[str, ...]

RULES: tuple[tuple[_Needles, _Needles, Environment], ...] = (
    # Each line: one of these words, and (if any are given) one of those words -> environment. The first line that
    # fits decides. Lower case.
    # 1. Mini-programs: their web views live in Alipay or in WeChat.
    (("miniprogram",), ("alipayclient", "aliapp("), Environment.ALIPAY),
    (("miniprogram",), (), Environment.WECHAT_MINI),
    # 2. WeCom (企业微信) has no JSAPI payment of a shop's account: only a code works.
    (("wxwork",), (), Environment.RESTRICTED),
    # 3. WeChat on a computer has no JSAPI either; its window shows a code that the phone scans.
    (("windowswechat", "macwechat"), (), Environment.DESKTOP),
    (("micromessenger",), ("windows nt", "macintosh", "x11; linux"), Environment.DESKTOP),
    # 4. to 6. The wallets' own browsers.
    (("micromessenger",), (), Environment.WECHAT),
    (("alipayclient",), (), Environment.ALIPAY),
    (("unionpay/", "cloudpay"), (), Environment.UNIONPAY),
    # 7. Other apps' web views, which block jumps to wallets.
    (("dingtalk", "lark/", "feishu", "weibo", "bytedancewebview", " qq/"), (), Environment.RESTRICTED),
    # 8. Phones and tablets; everything else is a desktop.
    (("android", "iphone", "ipad", "ipod", "harmonyos", "openharmony", "mobile"), (), Environment.MOBILE),
)


def detect(user_agent: str) -> Environment:
    """The environment of this User-Agent; `desktop` when nothing else fits."""
    text = user_agent.lower()
    for any_of, and_any_of, environment in RULES:
        if any(word in text for word in any_of) and (not and_any_of or any(word in text for word in and_any_of)):
            return environment
    return Environment.DESKTOP


def chosen(user_agent: str, override: str | None) -> Environment:
    """As `detect`, unless a test's or a developer's `?env=` names one."""
    if override in set(Environment):
        return Environment(override)
    return detect(user_agent)
