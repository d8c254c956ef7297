"""Huifu's refusals: the codes with their usual descriptions."""

from __future__ import annotations

DESCRIPTIONS = {
    "00000000": "交易成功",
    "00000100": "下单成功",
    "10000000": "入参数据不符合接口要求",
    "10000015": "不允许关闭一分钟以内的订单",
    "10000016": "原订单已为终态,请发起查询交易获取",
    "20000000": "重复交易",
    "20000001": "并发冲突，请稍后重试",
    "21000000": "原请求流水号和原全局流水号不能同时为空",
    "22000000": "产品号不存在",
    "22000002": "商户信息不存在",
    "22000003": "商户账户信息不存在",
    "22000004": "暂未开通支付权限",
    "22000005": "商户入驻信息配置有误(多通道)",
    "23000000": "原订单已为终态，无法发起关单操作",
    "23000001": "原交易不存在",
    "23000003": "申请退款金额大于可退余额",
    "23000004": "原订单为银联二维码交易，不支持关单",
    "90000000": "业务执行失败",
    "91111119": "通道异常，请稍后重试",
    "98888888": "系统错误",
    "99999999": "系统异常，请稍后重试",
}
"""`resp_code` -> `resp_desc`. The code of the one-minute rule is 20000001 in the present list, 10000015 in older ones;
both can be asked for as a fault."""


class Refused(Exception):
    """A call ends with this code. Raised while it is worked on; caught once, where the answer is written."""

    def __init__(self, code: str, description: str = "", **more: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description or DESCRIPTIONS.get(code, "业务执行失败")
        self.more = more
        """Further members of the answer, such as the original order's state."""


class Stranger(Refused):
    """Refused before the caller was known for sure: the answer is not signed."""


def missing(name: str) -> Refused:
    return Refused("10000000", f"{name}不能为空")
