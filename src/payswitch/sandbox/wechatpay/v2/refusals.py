"""How V2 says no: `result_code=FAIL` with a code (signed), or `return_code=FAIL` with a sentence (not signed)."""

from __future__ import annotations

WORDS = {
    "SYSTEMERROR": "系统错误，请稍后再试",
    "BANKERROR": "银行系统异常",
    "USERPAYING": "用户支付中，需要输入密码",
    "AUTHCODEEXPIRE": "二维码已过期，请用户在微信上刷新后再试",
    "AUTH_CODE_ERROR": "每个二维码仅限使用一次，请刷新再试",
    "AUTH_CODE_INVALID": "请扫描微信支付被扫条码/二维码",
    "NOTENOUGH": "用户账号余额不足",
    "NOTSUPORTCARD": "该卡不支持当前支付",
    "ORDERPAID": "订单已支付",
    "ORDERCLOSED": "订单已关闭",
    "ORDERREVERSED": "订单已撤销",
    "ORDERNOTEXIST": "此交易订单号不存在",
    "OUT_TRADE_NO_USED": "商户订单号重复",
    "BUYER_MISMATCH": "支付帐号错误",
    "PARAM_ERROR": "参数错误",
    "APPID_MCHID_NOT_MATCH": "appid和mch_id不匹配",
    "NOAUTH": "商户无权限",
    "TRADE_ERROR": "交易错误",
    "REVERSE_EXPIRE": "订单无法撤销",
    "TRADE_STATE_ERROR": "订单状态错误",
}
"""WeChat's own texts where the documents give them."""


class Refused(Exception):
    """Raised while a request is worked on; becomes a signed answer."""

    def __init__(self, code: str, message: str = "", **also: str) -> None:
        super().__init__(code)
        self.fields = {
            "result_code": "FAIL",
            "err_code": code,
            "err_code_des": message or WORDS.get(code, "请求失败"),
            **also,
        }


class TurnedAway(Exception):
    """The request itself is wrong: said without a signature."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
