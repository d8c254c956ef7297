"""UnionPay's answer codes (应答码) with their real words, and refusals.

The words are those of the published appendix; the seven digits in brackets are UnionPay's inner code, given here for
the codes whose inner code was seen in real messages.
"""

from __future__ import annotations

OK = "00"
MESSAGES = {
    "00": "成功[0000000]",
    "A6": "有缺陷的成功",
    "01": "交易失败。详情请咨询95516",
    "02": "系统未开放或暂时关闭，请稍后再试",
    "03": "交易通讯超时，请发起查询交易",
    "04": "交易状态未明，请查询对账结果[8090001]",
    "05": "交易已受理，请稍后查询交易结果[6154037]",
    "06": "系统繁忙，请稍后再试",
    "10": "报文格式错误[6100030]",
    "11": "验证签名失败[9100004]",
    "12": "重复交易",
    "13": "报文交易要素缺失",
    "14": "批量文件格式错误",
    "30": "交易未通过，请尝试使用其他银联卡支付或联系95516",
    "31": "商户状态不正确",
    "32": "无此交易权限",
    "33": "交易金额超限",
    "34": "查无此交易[2600000]",
    "35": "原交易不存在或状态不正确",
    "36": "与原交易信息不符",
    "37": "已超过最大查询次数或操作过于频繁",
    "38": "银联风险受限",
    "39": "交易不在受理时间范围内",
    "40": "绑定关系检查失败",
    "41": "批量状态不正确，无法下载",
    "42": "扣款成功但交易超过规定支付时间",
    "43": "无此业务权限，详情请咨询95516",
    "44": "输入卡号错误或暂未开通此项业务，详情请咨询95516",
    "45": "原交易已被成功退货或已被成功撤销",
    "60": "交易失败，详情请咨询您的发卡行",
    "61": "输入的卡号无效，请确认后输入",
    "62": "交易失败，发卡银行不支持该商户，请更换其他银行卡",
    "63": "卡状态不正确",
    "64": "卡上的余额不足",
    "65": "输入的密码、有效期或CVN2有误，交易失败",
    "66": "持卡人身份信息或手机号输入不正确，验证失败",
    "67": "密码输入次数超限",
    "68": "您的银行卡暂不支持该业务，请向您的银行或95516咨询",
    "69": "您的输入超时，交易失败",
    "70": "交易已跳转，等待持卡人输入",
    "71": "动态口令或短信验证码校验失败",
    "72": "您尚未在银行网点柜面或个人网银签约加办银联无卡支付业务，请去柜面或网银开通",
    "73": "支付卡已超过有效期",
    "74": "扣款成功，销账未知",
    "75": "扣款成功，销账失败",
    "76": "需要验密开通",
    "77": "银行卡未开通认证支付",
    "78": "发卡行交易权限受限，详情请咨询您的发卡行",
    "79": "此卡可用，但发卡行暂不支持短信验证",
    "80": "交易失败，Token已过期",
    "82": "需要校验密码",
    "98": "文件不存在",
    "99": "通用错误",
}


def message(code: str) -> str:
    """The channel's words for a code; an unknown one is a general error, as the appendix says."""
    return MESSAGES.get(code, MESSAGES["99"])


class Refused(Exception):
    """UnionPay says no. Becomes a signed answer, or an error page where a browser asked."""

    def __init__(self, code: str, words: str = "") -> None:
        self.code = code
        self.words = words or message(code)
        super().__init__(f"{code} {self.words}")


def malformed(name: str) -> Refused:
    """A field that does not look as the interface says."""
    return Refused("10", f"报文格式错误:{name}[6100030]")


def missing(name: str) -> Refused:
    """A mandatory field that is not there."""
    return Refused("13", f"报文交易要素缺失:{name}")
