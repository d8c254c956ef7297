"""The bodies that merchants send, with the rules that WeChat checks them by."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from payswitch.sandbox.wechatpay.errors import Refusal, wrong_field

T = TypeVar("T")
Text32 = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*]{6,32}$")]
RefundNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$")]
Fen = Annotated[int, msgspec.Meta(ge=1)]
_MAX_URL = 255


class Amount(msgspec.Struct, frozen=True):
    total: Fen
    currency: str = "CNY"


class Payer(msgspec.Struct, frozen=True):
    openid: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class PartnerPayer(msgspec.Struct, frozen=True):
    """One of the two: the customer under the provider's app id, or under the sub-merchant's."""

    sp_openid: Annotated[str, msgspec.Meta(max_length=128)] = ""
    sub_openid: Annotated[str, msgspec.Meta(max_length=128)] = ""


class H5Info(msgspec.Struct, frozen=True):
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class SceneInfo(msgspec.Struct, frozen=True):
    payer_client_ip: Annotated[str, msgspec.Meta(min_length=1, max_length=45)]
    h5_info: H5Info | None = None


class _OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """What both modes say alike. Fields that WeChat takes and this sandbox has no use for are let through unread, as
    WeChat does."""

    description: Annotated[str, msgspec.Meta(min_length=1, max_length=127)]
    out_trade_no: Number
    notify_url: Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_URL)]
    amount: Amount
    time_expire: str | None = None
    attach: Annotated[str, msgspec.Meta(max_length=128)] = ""
    scene_info: SceneInfo | None = None


class CreateBody(_OrderBody, frozen=True, kw_only=True):
    """POST /v3/pay/transactions/{native,jsapi,h5,app}."""

    appid: Text32
    mchid: Text32
    payer: Payer | None = None


class PartnerCreateBody(_OrderBody, frozen=True, kw_only=True):
    """POST /v3/pay/partner/transactions/{native,jsapi,h5,app}."""

    sp_appid: Text32
    sp_mchid: Text32
    sub_mchid: Text32
    sub_appid: Annotated[str, msgspec.Meta(max_length=32)] = ""
    payer: PartnerPayer | None = None


class CloseBody(msgspec.Struct, frozen=True):
    mchid: Text32


class PartnerCloseBody(msgspec.Struct, frozen=True):
    sp_mchid: Text32
    sub_mchid: Text32


class RefundAmount(msgspec.Struct, frozen=True):
    refund: Fen
    total: Fen
    currency: str


class RefundBody(msgspec.Struct, frozen=True):
    """POST /v3/refund/domestic/refunds."""

    out_refund_no: RefundNumber
    amount: RefundAmount
    sub_mchid: str | None = None
    transaction_id: str = ""
    out_trade_no: str = ""
    reason: Annotated[str, msgspec.Meta(max_length=80)] = ""
    notify_url: Annotated[str, msgspec.Meta(max_length=_MAX_URL)] = ""


class AbnormalRefundBody(msgspec.Struct, frozen=True):
    """POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund."""

    out_refund_no: RefundNumber
    type: Literal["USER_BANK_CARD", "MERCHANT_BANK_CARD"]
    sub_mchid: str | None = None
    bank_type: str = ""
    bank_account: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    real_name: Annotated[str, msgspec.Meta(max_length=1024)] = ""


_AT = re.compile(r"^(?P<issue>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<field>\w+)`")


def read_body(body: bytes, kind: type[T]) -> T:
    """The typed body, or the PARAM_ERROR that names the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _named(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("PARAM_ERROR", "请求中含有无法解析的JSON") from error


def _named(message: str) -> Refusal:
    match = _AT.match(message)
    issue, path = (match["issue"], match["path"] or "") if match else (message, "")
    field = "/body" + path.replace(".", "/")
    missing = _MISSING.search(issue)
    return wrong_field(f"{field}/{missing['field']}" if missing else field, issue)


def check_create(body: CreateBody | PartnerCreateBody, product: str, now_ms: int) -> None:
    """Rules beyond the types."""
    check_notify_url(body.notify_url)
    if body.amount.currency != "CNY":
        raise wrong_field("/body/amount/currency", "境内商户号仅支持CNY", body.amount.currency)
    if product == "wechat_h5" and (body.scene_info is None or body.scene_info.h5_info is None):
        raise wrong_field("/body/scene_info/h5_info/type", "H5支付必须传场景信息")
    if body.time_expire is not None and expiry_ms(body.time_expire) <= now_ms:
        raise wrong_field("/body/time_expire", "支付结束时间不能早于当前时间", body.time_expire, reason="268447914")


def check_notify_url(url: str) -> None:
    """Absolute, http(s), and without anything after the path. (The real one also wants a public host.)"""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _not_a_link(url) from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise _not_a_link(url)
    if parts.query or parts.fragment or "?" in url:
        raise wrong_field("/body/notify_url", "通知地址不能携带参数", url)


def _not_a_link(url: str) -> Refusal:
    return wrong_field("/body/notify_url", "通知地址必须为完整的http或https链接", url)


def expiry_ms(text: str) -> int:
    """RFC 3339 with an offset, e.g. `2018-06-08T10:34:56+08:00`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _not_a_time(text) from error
    if moment.tzinfo is None:
        raise _not_a_time(text)
    return int(moment.timestamp() * 1_000)


def _not_a_time(text: str) -> Refusal:
    return wrong_field("/body/time_expire", "时间格式应为yyyy-MM-DDTHH:mm:ss+TIMEZONE", text)
