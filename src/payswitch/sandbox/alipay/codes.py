"""Alipay's result codes with their real spelling, and what kind of answer each one travels in."""

from __future__ import annotations

import msgspec

MESSAGES = {
    "10000": "Success",
    "20000": "Service Currently Unavailable",
    "20001": "Insufficient Token Permissions",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40003": "Insufficient Conditions",
    "40004": "Business Failed",
    "40005": "Call Limited",
    "40006": "Insufficient Permissions",
}
"""`code` -> `msg`."""

SUB_MESSAGES = {
    "isp.unknow-error": "系统繁忙",
    "aop.unknow-error": "系统繁忙",
    "aop.ACQ.SYSTEM_ERROR": "系统繁忙",
    "isv.app-call-limited": "应用调用次数超限，包含调用频率超限",
    "isv.method-call-limited": "API调用次数超限，包含调用频率超限",
    "isv.insufficient-isv-permissions": "ISV权限不足",
    "isv.missing-method": "缺少方法名参数",
    "isv.missing-signature": "缺少签名参数",
    "isv.missing-signature-type": "缺少签名类型参数",
    "isv.missing-app-id": "缺少appId参数",
    "isv.missing-timestamp": "缺少时间戳参数",
    "isv.missing-version": "缺少版本参数",
    "isv.missing-app-cert-sn": "缺少应用公钥证书SN",
    "isv.missing-alipay-root-cert-sn": "缺少支付宝根证书SN",
    "isv.invalid-alipay-root-cert-sn": "无效的支付宝根证书SN",
    "isv.app-cert-not-exist": "应用公钥证书不存在",
    "isv.alipay-cert-not-exist": "支付宝公钥证书不存在",
    "isv.invalid-app-id": "无效的AppID参数",
    "isv.invalid-charset": "字符集错误",
    "isv.invalid-format": "无效的数据格式",
    "isv.invalid-method": "不存在的方法名",
    "isv.invalid-parameter": "参数无效",
    "isv.invalid-signature": "无效签名",
    "isv.invalid-signature-type": "无效的签名类型",
    "isv.invalid-timestamp": "非法的时间戳参数",
    "isv.illegal-json": "无效的JSON参数",
    "ACQ.SYSTEM_ERROR": "系统错误",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.CONTEXT_INCONSISTENT": "交易信息被篡改",
    "ACQ.TRADE_HAS_SUCCESS": "交易已被支付",
    "ACQ.TRADE_HAS_CLOSE": "交易已经关闭",
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_STATUS_ERROR": "交易状态不合法",
    "ACQ.REASON_TRADE_STATUS_INVALID": "交易状态异常",
    "ACQ.TRADE_HAS_FINISHED": "交易已完结",
    "ACQ.TRADE_CANCEL_TIME_OUT": "超过撤销时间范围",
    "ACQ.CANCEL_NOT_ALLOWED": "不允许撤销",
    "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR": "当前时间已超过允许支付的时间",
    "ACQ.TOTAL_FEE_EXCEED": "订单总金额超过限额",
    "ACQ.PRODUCT_AMOUNT_LIMIT_ERROR": "产品额度超限",
    "ACQ.BEYOND_PER_RECEIPT_SINGLE_RESTRICTION": "订单金额超过单笔限额",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "卖家余额不足",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "退款金额超限",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "不一致的请求",
    "ACQ.ACCESS_FORBIDDEN": "无权限使用接口",
    "ACQ.PAYMENT_REQUEST_HAS_RISK": "支付有风险",
    "ACQ.BUYER_NOT_EXIST": "买家不存在",
    "isp.bill_not_exist": "账单不存在",
    "isv.invalid_arguments": "入参不合法",
}
"""`sub_code` -> `sub_msg`, as far as the sandbox gives the code by itself or drills commonly ask for it."""

_CODE_OF = {
    "isp.unknow-error": "20000",
    "aop.unknow-error": "20000",
    "aop.ACQ.SYSTEM_ERROR": "20000",
    "isv.app-call-limited": "40005",
    "isv.method-call-limited": "40005",
    "isv.missing-signature-config": "40003",
}
_SUB_CODE_OF = {
    "20000": "isp.unknow-error",
    "20001": "aop.invalid-auth-token",
    "40001": "isv.missing-method",
    "40002": "isv.invalid-parameter",
    "40003": "isv.missing-signature-config",
    "40004": "ACQ.SYSTEM_ERROR",
    "40005": "isv.app-call-limited",
    "40006": "isv.insufficient-isv-permissions",
}


class Problem(msgspec.Struct, frozen=True):
    """Why a call is refused. `code` says which kind, `sub_code` what exactly, `sub_msg` is for people."""

    code: str
    sub_code: str
    sub_msg: str

    def node(self) -> dict[str, object]:
        """The fields as they stand in the answer's node."""
        return {
            "code": self.code,
            "msg": MESSAGES.get(self.code, "Business Failed"),
            "sub_code": self.sub_code,
            "sub_msg": self.sub_msg,
        }


class Refused(Exception):
    """A call ends with this problem. Raised by the checks, caught once where the answer is written."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code} {problem.sub_code}: {problem.sub_msg}")
        self.problem = problem


class GatewayRefused(Refused):
    """Refused before the caller was known for sure: the answer is not signed."""


def problem(code: str, message: str = "") -> Problem:
    """The full problem for a `code` or a `sub_code`, whichever is given: `20000`, `ACQ.SYSTEM_ERROR`,
    `isv.app-call-limited` ... An unknown `ACQ.` code is a business failure (40004)."""
    if code in MESSAGES:
        sub_code = _SUB_CODE_OF.get(code, "isp.unknow-error")
        return Problem(code, sub_code, message or SUB_MESSAGES.get(sub_code, sub_code))
    return Problem(_code_of(code), code, message or SUB_MESSAGES.get(code, code))


def _code_of(sub_code: str) -> str:
    if sub_code in _CODE_OF:
        return _CODE_OF[sub_code]
    if "insufficient" in sub_code:
        return "40006"
    if sub_code.startswith("isv.missing"):
        return "40001"
    if sub_code.startswith("isv."):
        return "40002"
    return "20001" if sub_code.startswith("aop.") else "40004"


def business(sub_code: str, message: str = "") -> Refused:
    """A signed refusal."""
    return Refused(problem(sub_code, message))


def gateway(sub_code: str, message: str = "") -> GatewayRefused:
    """An unsigned refusal at the gateway's door."""
    return GatewayRefused(problem(sub_code, message))
