"""WeChat's refusals: the codes, their HTTP statuses, the shape of the body, the sub-reason in Request-ID."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from payswitch.sandbox.wire import Answer


@dataclass(frozen=True)
class Code:
    """How WeChat usually says it."""

    status: int
    message: str
    reason: str = "0"
    """The numeric suffix of the Request-ID header."""


CODES = {
    "SYSTEM_ERROR": Code(500, "系统繁忙，请稍后重试"),
    "BANK_ERROR": Code(500, "银行系统异常"),
    "FREQUENCY_LIMITED": Code(429, "频率超限", "268447840"),
    "PARAM_ERROR": Code(400, "参数错误", "268435461"),
    "INVALID_REQUEST": Code(400, "无效请求"),
    "SIGN_ERROR": Code(401, "签名错误，请检查后再试", "268443699"),
    "NO_AUTH": Code(403, "商户号该产品权限未开通"),
    "RULE_LIMIT": Code(403, "业务规则限制"),
    "ACCOUNT_ERROR": Code(403, "账户异常，用户账户不可使用"),
    "OUT_TRADE_NO_USED": Code(403, "商户订单号重复", "268498688"),
    "NOT_ENOUGH": Code(403, "基本账户余额不足，请充值后重新发起"),
    "TRADE_ERROR": Code(403, "交易错误"),
    "APPID_MCHID_NOT_MATCH": Code(400, "appid和mch_id不匹配", "268445527"),
    "MCH_NOT_EXISTS": Code(400, "商户号不存在", "268443715"),
    "OPENID_MISMATCH": Code(400, "openid和appid不匹配"),
    "ORDER_CLOSED": Code(400, "订单已关闭"),
    "ORDERPAID": Code(400, "该订单已支付", "268449538"),
    "ORDER_NOT_EXIST": Code(404, "订单不存在", "268512771"),
    "RESOURCE_NOT_EXISTS": Code(404, "资源不存在"),
    "NO_STATEMENT_EXIST": Code(400, "账单文件不存在"),
    "STATEMENT_CREATING": Code(400, "账单生成中"),
}
_UNLISTED = Code(400, "请求失败")


class Refusal(Exception):
    """Raised while a request is worked on; becomes the signed error answer."""

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        detail: dict[str, object] | None = None,
        reason: str = "",
        status: int = 0,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.detail = detail
        self.reason = reason
        self.status = status

    def answer(self) -> Answer:
        usual = CODES.get(self.code, _UNLISTED)
        body: dict[str, object] = {"code": self.code, "message": self.message or usual.message}
        if self.detail is not None:
            body["detail"] = self.detail
        return Answer(
            status=self.status or usual.status,
            body=msgspec.json.encode(body),
            notes={"reason": self.reason or usual.reason},
        )


def wrong_field(field: str, issue: str, value: object = None, *, reason: str = "") -> Refusal:
    """PARAM_ERROR about one field of the body."""
    detail = {"location": "body", "field": field, "value": value, "issue": issue}
    return Refusal("PARAM_ERROR", f"输入源“{field}”校验失败：{issue}", detail=detail, reason=reason)
