"""Errors for people: what, where, how to fix, in both languages, with a stable code for programs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ErrorKind:
    """One row of the error catalogue."""

    code: str
    status: int
    title_en: str
    title_zh: str
    next_action: str
    """What the caller should do now: `fix_request`, `retry_later`, `query`, `contact_operator`, `none`."""


INVALID_REQUEST = ErrorKind("invalid_request", 400, "The request is not valid", "请求内容有误", "fix_request")
MALFORMED_JSON = ErrorKind(
    "malformed_json", 400, "The body is not readable JSON", "请求体不是合法的 JSON", "fix_request"
)
UNAUTHENTICATED = ErrorKind(
    "unauthenticated", 401, "The API key is missing or unknown", "缺少 API 密钥或密钥无效", "fix_request"
)
SIGN_IN_REFUSED = ErrorKind(
    "sign_in_refused",
    401,
    "The user name, the password or the code is wrong",
    "用户名、密码或验证码错误",
    "fix_request",
)
TOTP_REQUIRED = ErrorKind(
    "totp_required",
    401,
    "This user signs in with a second factor: send the code of the authenticator app as well",
    "该用户已启用两步验证，请同时提交验证器上的验证码",
    "fix_request",
)
LINK_UNUSABLE = ErrorKind(
    "link_unusable",
    401,
    "This link has been used already, has run out, or was never made; ask for another one",
    "该登录链接已使用、已过期或不存在，请重新获取",
    "contact_operator",
)
TOO_MANY_SIGN_INS = ErrorKind(
    "too_many_sign_ins", 429, "Too many wrong tries; wait", "错误次数过多，请稍后再试", "retry_later"
)
USER_EXISTS = ErrorKind(
    "user_exists", 409, "This user name is taken; users are never deleted", "该用户名已被使用", "fix_request"
)
FORBIDDEN = ErrorKind(
    "forbidden",
    403,
    "You may not do this; ask somebody who may",
    "您没有此操作的权限，请联系有权限的同事",
    "contact_operator",
)
NOT_FOUND = ErrorKind("not_found", 404, "There is no such thing here", "未找到", "fix_request")
METHOD_NOT_ALLOWED = ErrorKind(
    "method_not_allowed",
    405,
    "This address does not take that HTTP method",
    "不支持该请求方法",
    "fix_request",
)
OUT_TRADE_NO_CONFLICT = ErrorKind(
    "out_trade_no_conflict",
    409,
    "This out_trade_no exists already with other content",
    "该商户订单号已存在且内容不同",
    "fix_request",
)
IDEMPOTENCY_CONFLICT = ErrorKind(
    "idempotency_conflict",
    409,
    "This Idempotency-Key was used with another request",
    "该幂等键已用于另一请求",
    "fix_request",
)
WRONG_STATE = ErrorKind(
    "wrong_state", 409, "The payment's state does not allow this", "支付单当前状态不允许此操作", "query"
)
CHANNEL_EXISTS = ErrorKind(
    "channel_exists",
    409,
    "This channel id is used, or was used before; take another one",
    "该渠道编号已被使用或曾被使用，请换一个",
    "fix_request",
)
DECLARED_IN_FILE = ErrorKind(
    "declared_in_file",
    409,
    "This channel is declared in the configuration file: change it there and restart the service",
    "该渠道在配置文件中声明，请修改配置文件并重启服务",
    "fix_request",
)
REVISION_CONFLICT = ErrorKind(
    "revision_conflict",
    409,
    "Somebody else has changed this meanwhile; read it again, then decide again",
    "内容已被他人修改，请重新读取后再操作",
    "query",
)
CHANNEL_STATE = ErrorKind(
    "channel_state", 409, "The channel's state does not allow this", "渠道当前状态不允许此操作", "query"
)
POLICY_INVALID = ErrorKind("policy_invalid", 422, "The policy document has mistakes", "策略文档有误", "fix_request")
POLICY_STATE = ErrorKind(
    "policy_state",
    409,
    "That is in force already, or nothing earlier was",
    "该策略已生效，或没有更早的策略可回滚",
    "query",
)
NO_MASTER_KEY = ErrorKind(
    "no_master_key",
    409,
    "The service has no master key to encrypt credentials with",
    "服务未配置主密钥，无法加密保存渠道密钥",
    "contact_operator",
)
REFUND_EXCEEDS_PAID = ErrorKind(
    "refund_exceeds_paid",
    422,
    "The refunds would exceed what was paid",
    "退款总额超过已付金额",
    "fix_request",
)
REFUND_TERMS = ErrorKind(
    "refund_terms",
    422,
    "The channel takes no such refund",
    "渠道规则不支持此笔退款",
    "fix_request",
)
REFUND_STATE = ErrorKind(
    "refund_state", 409, "The refund's state does not allow this", "退款单当前状态不允许此操作", "query"
)
REDIRECT_REFUSED = ErrorKind(
    "redirect_refused",
    422,
    "The channel does not send this refund to that card",
    "渠道未能将该退款改退至此银行卡",
    "query",
)
NO_CANDIDATE = ErrorKind(
    "no_candidate",
    422,
    "No channel of this shop can take this payment",
    "没有可用于该支付的渠道",
    "fix_request",
)
CHANNELS_UNAVAILABLE = ErrorKind(
    "channels_unavailable",
    503,
    "No channel answered in time; the payment is kept, ask again",
    "渠道暂时不可用，支付单已保留，请稍后重试",
    "retry_later",
)
TOO_MANY_ATTEMPTS = ErrorKind(
    "too_many_attempts",
    429,
    "This payment has been begun too often; pay with a code that is shown, or create a new payment",
    "该支付单尝试次数过多，请使用已出示的凭证支付或重新下单",
    "create_new_payment",
)
PAYER_REFUSED = ErrorKind(
    "payer_refused",
    402,
    "The customer's wallet or bank refused; offer another method",
    "付款方被拒绝，请更换支付方式",
    "offer_other_method",
)
BANK_NOT_OFFERED = ErrorKind(
    "bank_not_offered",
    422,
    "No channel of this shop signs up cards of this bank",
    "没有可签约该银行卡的渠道",
    "fix_request",
)
BANK_UNAVAILABLE = ErrorKind(
    "bank_unavailable",
    503,
    "The bank could not be reached just now; no card was debited, ask again",
    "银行暂时不可用，未发生扣款，请稍后重试",
    "retry_later",
)
CARD_REFUSED = ErrorKind(
    "card_refused",
    422,
    "The bank does not sign up this card with these particulars",
    "银行拒绝签约，请核对卡号、姓名、证件号与手机号",
    "fix_request",
)
AGREEMENT_OVER = ErrorKind(
    "agreement_over",
    409,
    "This application has ended; apply for the card again",
    "该签约申请已结束，请重新申请签约",
    "apply_again",
)
PAYMENT_CONFIRMING = ErrorKind(
    "payment_confirming",
    409,
    "An earlier debit of this payment is still being confirmed; nothing else may be begun before it is known",
    "该支付单有一笔扣款正在确认中，请勿重复支付",
    "query",
)
CONSENT_UNUSABLE = ErrorKind(
    "consent_unusable",
    422,
    "What the customer gave cannot be used for this payment; nothing was debited",
    "顾客提供的付款码或验证码不能用于本单，未扣款",
    "fix_request",
)
CONSENT_WRONG = ErrorKind(
    "consent_wrong",
    422,
    "The code is wrong or has run out; nothing was debited, ask the customer again",
    "验证码错误或已失效，未扣款，请顾客重新输入",
    "ask_customer_again",
)
TOO_SOON = ErrorKind(
    "too_soon", 429, "This was done a moment ago; wait and try again", "操作过于频繁，请稍后再试", "retry_later"
)
NO_BILLS = ErrorKind(
    "no_bills",
    409,
    "There are no bills to compare: the day is not there yet, or this channel has none",
    "没有可核对的对账单：日期未到，或该渠道没有对账单",
    "fix_request",
)
NO_BROWSER = ErrorKind(
    "no_browser",
    409,
    "No PDF could be printed here: install Chromium, or take the HTML file",
    "无法在此生成 PDF：请安装 Chromium，或下载 HTML",
    "fix_request",
)
BODY_TOO_LARGE = ErrorKind("body_too_large", 413, "The request body is too large", "请求体过大", "fix_request")
UNSUPPORTED_MEDIA_TYPE = ErrorKind(
    "unsupported_media_type", 415, "The body must be application/json", "请求体必须是 application/json", "fix_request"
)
BODY_TOO_SLOW = ErrorKind(
    "body_too_slow", 408, "The request body did not arrive in time", "请求体未能及时送达", "retry_later"
)
BODY_CUT_OFF = ErrorKind(
    "body_cut_off", 400, "The connection ended before the body did", "请求体未传完连接即已断开", "retry_later"
)
SANDBOX_AWAY = ErrorKind(
    "sandbox_away",
    503,
    "The sandbox does not answer",
    "沙箱没有应答",
    "retry_later",
)
INTERNAL = ErrorKind(
    "internal",
    500,
    "Something failed here; the payment is safe, ask again",
    "内部错误，支付不受影响，请重试",
    "retry_later",
)


@dataclass
class PaySwitchError(Exception):
    """Raised by services for anything the caller can act upon; entries turn it into problem+json."""

    kind: ErrorKind
    detail: str = ""
    """One English sentence: what was wrong with this very request."""
    detail_zh: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    """Per-field trouble: `{"field": "amount_fen", "message": "..."}`."""
    extra: dict[str, object] = field(default_factory=dict)
    """Further members of the problem document, e.g. the payment id that a retry will resume."""

    def __str__(self) -> str:
        return f"{self.kind.code}: {self.detail or self.kind.title_en}"


def catalogue() -> list[ErrorKind]:
    """Every kind of error, in the order of this file."""
    return [value for value in globals().values() if isinstance(value, ErrorKind)]
