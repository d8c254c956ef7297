"""What each input field may hold: one table that both checks requests and writes the OpenAPI document.

So the document cannot promise what the service refuses. Sources: WeChat Pay and Alipay limits (subject 127 bytes
in UTF-8, numbers 64 characters), our own for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.domain.channel import Product
from payswitch.entry.api.inputs import (
    ApplyAgreementInput,
    ConfirmAgreementInput,
    CreatePaymentInput,
    RedirectRefundInput,
)
from payswitch.entry.api.rules import Address, Day, Items, Notes, OneOf, Rule, Text, Whole
from payswitch.services.alerts.alert_commands import AcknowledgeAlert, MakeSilence, SaveReceiver, SetRule
from payswitch.services.books.bills import ReconcileDay, ResolveBreak
from payswitch.services.channels.channel_commands import CreateChannel, RotateCredentials, UpdateChannel
from payswitch.services.channels.illnesses import MakeIll
from payswitch.services.commands import ConfirmPayment, CreateRefund, OpenApplePaySession, SettleRefund
from payswitch.services.desk.payment_actions import RefundByOperator
from payswitch.services.desk.saved_views import SaveView
from payswitch.services.people.profile import ChangePassword, ConfirmTotp, RemoveTotp
from payswitch.services.people.signing_in import SignIn
from payswitch.services.people.users import CreateUser, UpdateUser
from payswitch.services.policies.policy_commands import (
    ActivatePolicy,
    CheckPolicy,
    DraftPolicy,
    RollBackPolicy,
    SimulatePolicy,
)
from payswitch.services.reports.reports import MakeReport

MAX_AMOUNT_FEN = 10_000_000_000
"""One hundred million yuan: far above any channel's limit, far below anything that could overflow."""

_CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
PLAIN = f"[^{_CONTROL}]*"
"""Text in one line: a control character could split a log line or a wire format."""
VISIBLE = f"[^{_CONTROL}]*[^{_CONTROL}\\u0020\\u00a0\\u3000][^{_CONTROL}]*"
"""The same, and not only blanks."""
NUMBER = "[0-9A-Za-z_-]{1,64}"
"""A shop's own number (商户订单号, 退款单号)."""
_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
URL = f'https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{{0,251}}[A-Za-z0-9])?(?::(?:{_PORT}))?(?:[/?][!-"$-~]*)?'
"""http or https, a host, no user name, no fragment, nothing that would need escaping."""


def _plain(most: int) -> Text:
    return Text(
        0,
        most,
        PLAIN,
        f"must be at most {most} characters without control characters",
        f"最多 {most} 个字符，不含控制字符",
    )


def _text(least: int, most: int, pattern: str, en: str, zh: str) -> Text:
    return Text(least, most, pattern, f"must be {en}", f"须为{zh}")


def _number() -> Text:
    return Text(1, 64, NUMBER, "must be 1 to 64 of 0-9 A-Z a-z _ -", "须为 1 到 64 个字母、数字、下划线或减号")


def _url() -> Text:
    return Text(
        8,
        512,
        URL,
        "must be an http or https address of at most 512 ASCII characters, without user name or #fragment",
        "须为 http 或 https 地址，最多 512 个 ASCII 字符，不含用户名和 # 片段",
    )


_SUBJECT = Text(
    1,
    127,
    VISIBLE,
    "must be 1 to 127 bytes in UTF-8, without control characters, not only blanks",
    "须为 1 到 127 字节（UTF-8），不含控制字符，不能只有空白",
    most_bytes=127,
)

_PAYMENT_CODE = Text(16, 32, "[0-9 ]*", "must be the 16 to 24 digits of the code", "须为 16 到 24 位数字")

_AMOUNT = Whole(1, MAX_AMOUNT_FEN, " fen (分)", "（单位：分）")

_COUNT = Whole(1, 1_000_000, "", "")
_LOG = Whole(0, 1_000_000, "", "")
"""How many entries a log has; 0: none yet."""
_CHANNEL_AMOUNT = Whole(1, MAX_AMOUNT_FEN, " fen (分)", "（单位：分）")
_LINE = Text(1, 64, VISIBLE, "must be 1 to 64 characters in one line", "须为 1 到 64 个字符，不含控制字符")
_SETTINGS: Mapping[str, Rule] = {
    "name": _LINE,
    "products": Items(50),
    "upstream": _LINE,
    "upstreams": Notes(50, "|".join(Product), 64),
    "tier": Whole(1, 99, "", ""),
    "fee_bp": Whole(0, 10_000, " basis points (10,000 = 100 %)", "（万分之一）"),
    "min_fen": _CHANNEL_AMOUNT,
    "max_fen": _CHANNEL_AMOUNT,
    "daily_cap_fen": Whole(1, 1_000_000_000_000, " fen (分)", "（单位：分）"),
    "monthly_cap_fen": Whole(1, 10_000_000_000_000, " fen (分)", "（单位：分）"),
    "refund_days": Whole(1, 3_650, " days", "（单位：天）"),
    "refund_parts": Whole(1, 1_000, "", ""),
    "shops": Items(100),
    "tags": Items(20),
}
_ACCOUNT = Notes(40, "[0-9A-Za-z_]{1,40}", 30_000)

RULES: Mapping[type, Mapping[str, Rule]] = {
    CreatePaymentInput: {
        "out_trade_no": _number(),
        "amount_fen": _AMOUNT,
        "subject": _SUBJECT,
        "methods": Items(20),
        "products": Items(50),
        "user_agent": _plain(1_024),
        "customer.customer_id": _plain(64),
        "customer.age": Whole(0, 150, "", ""),
        "customer.device": _plain(32),
        "customer.risk": _plain(32),
        "customer.buyer_id": Text(1, 128, "[!-~]*", "must be 1 to 128 ASCII characters", "须为 1 到 128 个 ASCII 字符"),
        "customer.openids": Notes(10, "[A-Za-z0-9_.-]{1,40}", 128, value="[!-~]+"),
        "customer.openid": Text(1, 128, "[!-~]*", "must be 1 to 128 ASCII characters", "须为 1 到 128 个 ASCII 字符"),
        "customer.client_ip": Address(),
        "instalments": OneOf(3, 6, 12),
        "goods_tag": _plain(32),
        "notify_url": _url(),
        "return_url": _url(),
        "expires_in_s": Whole(10, 7_200, " seconds", "（单位：秒）"),
        "metadata": Notes(20, "[A-Za-z0-9_.-]{1,40}", 500),
        "agreement_id": _number(),
        "payment_code": _PAYMENT_CODE,
    },
    ConfirmPayment: {
        "sms_code": Text(4, 8, "[0-9]*", "must be the 4 to 8 digits of the SMS", "须为 4 到 8 位数字"),
        "payment_code": _PAYMENT_CODE,
        "apple_pay_token": Text(
            1,
            24_576,
            PLAIN,
            "must be the payment token as JSON text in one line",
            "须为单行 JSON 格式的支付令牌",
        ),
    },
    MakeIll: {
        "share_percent": Whole(1, 100, " per cent", "（百分比）"),
        "banks": Items(20),
        "min_fen": _AMOUNT,
        "max_fen": _AMOUNT,
        "lasts_s": Whole(1, 86_400, " seconds", "（单位：秒）"),
        "ms": Whole(0, 60_000, " milliseconds", "（毫秒）"),
        "code": _plain(64),
        "message": _plain(200),
        "delay_s": Whole(0, 86_400, " seconds", "（单位：秒）"),
        "times": Whole(1, 20, "", ""),
    },
    ReconcileDay: {
        "date": Day(),
        "channel_id": _number(),
    },
    MakeReport: {"date": Day(), "merchant_id": _number()},
    ResolveBreak: {
        "note": _text(1, 500, VISIBLE, "1 to 500 characters, not only blanks", "1 到 500 个字符，不能只有空白")
    },
    OpenApplePaySession: {
        "validation_url": _url(),
        "domain": Text(1, 253, "[0-9A-Za-z.-]*", "must be a host name", "须为域名"),
    },
    ApplyAgreementInput: {
        "customer_id": _text(1, 64, VISIBLE, "1 to 64 characters, not only blanks", "1 到 64 个字符，不能只有空白"),
        "bank": _text(2, 16, "[a-z]*", "a bank's short name, e.g. icbc, ccb, abc, cmb, boc", "银行简称，如 icbc、ccb"),
        "card_no": _text(12, 19, "[0-9]*", "12 to 19 digits without blanks", "12 到 19 位数字，不含空格"),
        "id_no": _text(5, 20, "[0-9A-Za-z]*", "5 to 20 letters and digits", "5 到 20 个字母或数字"),
        "name": _text(1, 30, VISIBLE, "1 to 30 characters, as the bank knows it", "1 到 30 个字符，与银行预留一致"),
        "mobile": _text(11, 11, "1[0-9]*", "11 digits, as the bank knows it", "11 位手机号，与银行预留一致"),
        "valid_until": _text(4, 4, "(?:0[1-9]|1[0-2])[0-9]{2}", "MMYY as printed on the card", "卡面有效期，MMYY"),
        "cvv2": _text(3, 4, "[0-9]*", "3 or 4 digits", "3 或 4 位数字"),
    },
    ConfirmAgreementInput: {
        "sms_code": _text(4, 8, "[0-9A-Za-z]*", "the 4 to 8 characters of the SMS", "短信中的 4 到 8 位验证码"),
    },
    CreateRefund: {
        "refund_no": _number(),
        "amount_fen": _AMOUNT,
        "reason": _plain(80),
    },
    RedirectRefundInput: {
        "bank": _text(2, 16, "[a-z]*", "a bank's short name, e.g. icbc, ccb, abc, cmb, boc", "银行简称，如 icbc、ccb"),
        "card_no": _text(12, 19, "[0-9]*", "12 to 19 digits without blanks", "12 到 19 位数字，不含空格"),
        "name": _text(1, 30, VISIBLE, "1 to 30 characters, as the bank knows it", "1 到 30 个字符，与银行预留一致"),
    },
    SettleRefund: {
        "note": _text(1, 200, VISIBLE, "1 to 200 characters, not only blanks", "1 到 200 个字符，不能只有空白"),
    },
    RefundByOperator: {
        "refund_no": _number(),
        "amount_fen": _AMOUNT,
        "reason": _text(1, 80, VISIBLE, "1 to 80 characters, not only blanks", "1 到 80 个字符，不能只有空白"),
        "seen_refunded_fen": Whole(0, MAX_AMOUNT_FEN, " fen (分)", "（单位：分）"),
    },
    SaveView: {
        "name": _text(1, 40, VISIBLE, "1 to 40 characters, not only blanks", "1 到 40 个字符，不能只有空白"),
        "query": _plain(1_000),
        "merchant_id": _number(),
    },
    CreateChannel: {
        "channel_id": _number(),
        "merchant_id": _number(),
        "connector": _plain(32),
        "account": _ACCOUNT,
        **_SETTINGS,
    },
    UpdateChannel: {"revision": _COUNT, **_SETTINGS},
    RotateCredentials: {"revision": _COUNT, "account": _ACCOUNT},
    DraftPolicy: {"merchant_id": _number(), "shop_id": _number(), "note": _plain(200)},
    CheckPolicy: {"merchant_id": _number(), "shop_id": _number()},
    SimulatePolicy: {"days": Whole(1, 31, " days", "（单位：天）")},
    ActivatePolicy: {"revision": _LOG, "note": _plain(200)},
    SignIn: {
        "user": _plain(64),
        "password": Text(0, 128, r"[\s\S]*", "must be at most 128 characters", "最多 128 个字符"),
        "totp": _plain(64),
        "link": Text(1, 128, "[0-9A-Za-z_-]*", "must be the token of a sign-in link", "须为登录链接中的令牌"),
    },
    ChangePassword: {
        "new": Text(10, 128, r"[\s\S]*", "must be 10 to 128 characters", "须为 10 到 128 个字符"),
        "current": Text(0, 128, r"[\s\S]*", "must be at most 128 characters", "最多 128 个字符"),
    },
    ConfirmTotp: {"code": Text(6, 16, "[0-9 ]*", "must be the 6 digits of the app", "须为验证器上的 6 位数字")},
    RemoveTotp: {"password": Text(0, 128, r"[\s\S]*", "must be at most 128 characters", "最多 128 个字符")},
    CreateUser: {"user_id": _number(), "name": _LINE, "merchant_ids": Items(100)},
    UpdateUser: {"name": _LINE, "merchant_ids": Items(100)},
    AcknowledgeAlert: {"note": _plain(200)},
    MakeSilence: {"merchant_id": _number(), "subject": _plain(200), "why": _plain(200)},
    SetRule: {"merchant_id": _number()},
    SaveReceiver: {"receiver_id": _number(), "merchant_id": _number(), "name": _LINE, "address": _ACCOUNT},
    RollBackPolicy: {
        "merchant_id": _number(),
        "shop_id": _number(),
        "revision": _LOG,
        "to": _LOG,
        "note": _plain(200),
    },
}
"""By command, then by field path. A field without a rule is limited by its type alone."""
