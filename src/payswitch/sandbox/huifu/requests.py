"""What merchants send, and the rules that Huifu checks it by."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from payswitch.kit.clock import BEIJING
from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.huifu.codes import Refused, missing
from payswitch.sandbox.huifu.envelope import CallBody
from payswitch.sandbox.huifu.keys import HuifuKeys
from payswitch.sandbox.huifu.trades import DAY, MOMENT

LONGEST = {"goods_desc": 127, "req_seq_id": 128, "notify_url": 504, "remark": 84}
_AMOUNT = re.compile(r"\d{1,11}\.\d{2}")
_LEAST_LIFE_MS = 60_000
_DEFAULT_LIFE_MS = 7_200_000


def required(call: CallBody, *names: str) -> None:
    """Present, texts, and not too long."""
    for name in names:
        if not call.text(name):
            raise missing(name)
    for name, longest in LONGEST.items():
        if len(call.text(name)) > longest:
            raise Refused("10000000", f"{name}最大长度为{longest}位")


def req_date(call: CallBody, name: str = "req_date") -> str:
    """A date of this calendar. (That it is today's is documented for 付款码 only, and not checked here.)"""
    text = call.text(name)
    if not _is_time(text, DAY, 8):
        raise Refused("10000000", f"{name}不符合yyyyMMdd格式")
    return text


def amount_fen(call: CallBody, name: str) -> int:
    """Yuan with exactly two decimals, at least one fen."""
    text = call.text(name)
    if not _AMOUNT.fullmatch(text) or not fen_from_yuan(text):
        raise Refused("10000000", "交易金额不符合金额格式")
    return fen_from_yuan(text)


def expires_at_ms(call: CallBody, now_ms: int) -> int:
    """`time_expire`, more than a minute away; two hours when nothing is said."""
    text = call.text("time_expire")
    if not text:
        return now_ms + _DEFAULT_LIFE_MS
    if not _is_time(text, MOMENT, 14):
        raise Refused("10000000", "time_expire不符合yyyyMMddHHmmss格式")
    at_ms = int(datetime.strptime(text, MOMENT).replace(tzinfo=BEIJING).timestamp()) * 1_000
    if at_ms <= now_ms + _LEAST_LIFE_MS - 1_000:
        raise Refused("10000000", "订单时间错误")
    return at_ms


def check_notify_url(call: CallBody) -> None:
    """Absolute, without anything after the path. (The real one also wants port 80, 443 or 8000 to 9005.)"""
    url = call.text("notify_url")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused("10000000", "notify_url不符合URL格式") from error
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query):
        raise Refused("10000000", "notify_url不符合URL格式")


def check_wallet_data(call: CallBody, keys: HuifuKeys) -> None:
    """What each wallet must know of its customer."""
    trade_type = call.text("trade_type")
    if trade_type in ("T_JSAPI", "T_MINIAPP"):
        _check_wechat(call, keys.wx_appid if trade_type == "T_JSAPI" else keys.wx_mini_appid)
    elif trade_type == "A_JSAPI":
        alipay = inner(call, "alipay_data")
        if not alipay.get("buyer_id") and not alipay.get("buyer_logon_id"):
            raise missing("buyer_id")
    elif trade_type == "U_JSAPI":
        for name in ("user_id", "customer_ip"):
            if not inner(call, "unionpay_data").get(name):
                raise missing(name)
    elif trade_type == "D_NATIVE":
        inner(call, "dc_data")


def _check_wechat(call: CallBody, appid: str) -> None:
    wechat = inner(call, "wx_data")
    for name in ("sub_appid", "sub_openid"):
        if not wechat.get(name):
            raise missing(name)
    if wechat["sub_appid"] != appid:
        raise Refused("90000000", "业务执行失败，sub_mch_id与sub_appid不匹配")


def inner(call: CallBody, name: str) -> dict[str, object]:
    """An object inside the data travels as JSON in a text."""
    text = call.text(name)
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("10000000", f"{name}不符合jsonObject格式") from error
    if not isinstance(value, dict):
        raise Refused("10000000", f"{name}不符合jsonObject格式")
    return value


def _is_time(text: str, pattern: str, length: int) -> bool:
    if len(text) != length or not text.isascii() or not text.isdigit():
        return False
    try:
        datetime.strptime(text, pattern).replace(tzinfo=BEIJING)
    except ValueError:
        return False
    return True
