"""Whose order it is, in both modes of the API: a merchant's own, or a sub-merchant's under a service provider."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.errors import Refusal, wrong_field
from payswitch.sandbox.wechatpay.requests import CreateBody, PartnerCreateBody

APPID = "appid"
OPENID = "openid"
OPENID_OF_SUB = "openid_of_sub"
"""What the ledger remembers of an order: the app ids and openids that it was made with."""
SUB_APPID = "sub_appid"


def check_named(named: Mapping[str, str], account: WechatAccount) -> None:
    """`mchid`, or `sp_mchid` and `sub_mchid`, as a request names them: this account's, in this account's mode."""
    keys = account.keys
    if not keys.sub_mchid:
        if "sub_mchid" in named:
            raise Refusal("NO_AUTH", "商户号不是服务商，无权调用")
        if named.get("mchid") != keys.mchid:
            raise Refusal("PARAM_ERROR", "商户号mchid与签名的商户号不一致")
        return
    if "sub_mchid" not in named:
        raise Refusal("NO_AUTH", "服务商未开通直连商户的产品权限")
    if named.get("sp_mchid", keys.mchid) != keys.mchid:
        raise Refusal("PARAM_ERROR", "服务商商户号sp_mchid与签名的商户号不一致")
    if named["sub_mchid"] != keys.sub_mchid:
        raise Refusal("NO_AUTH", "特约商户与服务商没有绑定关系")


def check_create(body: CreateBody | PartnerCreateBody, account: WechatAccount) -> None:
    """The merchant, and the app ids that are bound to it."""
    keys = account.keys
    if isinstance(body, CreateBody):
        check_named({"mchid": body.mchid}, account)
        if body.appid not in (keys.appid, keys.mini_appid or keys.appid):
            raise Refusal("APPID_MCHID_NOT_MATCH")
        return
    check_named({"sp_mchid": body.sp_mchid, "sub_mchid": body.sub_mchid}, account)
    if body.sp_appid != keys.appid:
        raise Refusal("APPID_MCHID_NOT_MATCH", "sp_appid和sp_mchid不匹配")
    if body.sub_appid and body.sub_appid not in (keys.sub_appid, keys.mini_appid):
        raise Refusal("APPID_MCHID_NOT_MATCH", "sub_appid和sub_mchid不匹配")


def check_payer(body: CreateBody | PartnerCreateBody) -> None:
    """A page inside WeChat says who is to pay."""
    if isinstance(body, CreateBody):
        if body.payer is None:
            raise wrong_field("/body/payer/openid", "JSAPI支付必须传openid", reason="268501013")
        return
    if body.payer is None or bool(body.payer.sp_openid) == bool(body.payer.sub_openid):
        raise wrong_field("/body/payer", "sp_openid和sub_openid必须二选一", reason="268501013")
    if body.payer.sub_openid and not body.sub_appid:
        raise wrong_field("/body/sub_appid", "传了sub_openid时sub_appid必填")


def remembered(body: CreateBody | PartnerCreateBody) -> dict[str, str]:
    """What later answers must show again."""
    notes = {"attach": body.attach}
    if isinstance(body, CreateBody):
        notes[APPID] = body.appid
        if body.payer is not None:
            notes[OPENID] = body.payer.openid
        return notes
    notes |= {APPID: body.sp_appid, SUB_APPID: body.sub_appid}
    if body.payer is not None:
        notes[OPENID] = body.payer.sub_openid or body.payer.sp_openid
        notes[OPENID_OF_SUB] = "1" if body.payer.sub_openid else ""
    return notes


def shown(order: Order, keys: WechatKeys) -> dict[str, object]:
    """How an order object names its merchant."""
    if not keys.sub_mchid:
        return {"appid": order.extra.get(APPID, keys.appid), "mchid": keys.mchid}
    named: dict[str, object] = {"sp_appid": keys.appid, "sp_mchid": keys.mchid, "sub_mchid": keys.sub_mchid}
    sub_appid = order.extra.get(SUB_APPID)
    return named | ({"sub_appid": sub_appid} if sub_appid else {})


def shown_of_refund(keys: WechatKeys) -> dict[str, object]:
    """How a refund's notification names it: without app ids."""
    return {"sp_mchid": keys.mchid, "sub_mchid": keys.sub_mchid} if keys.sub_mchid else {"mchid": keys.mchid}


def payer(order: Order, keys: WechatKeys, openid: str) -> dict[str, str]:
    """How an order object names its customer."""
    if not keys.sub_mchid:
        return {"openid": openid}
    return {"sub_openid" if order.extra.get(OPENID_OF_SUB) else "sp_openid": openid}


def page_appid(order: Order, keys: WechatKeys) -> str:
    """The app id that a page must sign with: the openid's own."""
    if keys.sub_mchid:
        return order.extra[SUB_APPID] if order.extra.get(OPENID_OF_SUB) else keys.appid
    return order.extra.get(APPID, keys.appid)


def app_identities(order: Order, keys: WechatKeys) -> tuple[set[str], set[str]]:
    """(app ids, partner ids) that an app may name. A provider's documents leave open which of the two merchants."""
    if not keys.sub_mchid:
        return {order.extra.get(APPID, keys.appid)}, {keys.mchid}
    return {order.extra.get(SUB_APPID) or keys.appid}, {keys.mchid, keys.sub_mchid}
