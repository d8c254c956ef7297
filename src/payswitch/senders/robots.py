"""群机器人: the wire formats of DingTalk, Feishu and WeCom robots: how a card looks, how it is signed, what an
answer of HTTP 200 really says. Formats and codes: docs/reference/alerts.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from yarl import URL

from payswitch.domain.alert import Message, NoticeKind, ReceiverKind, Severity
from payswitch.domain.alert_delivery import Address, Delivery

MOST_PER_MINUTE: Final = 20
"""DingTalk and WeCom say 20 a minute and robot; Feishu allows more, and nobody reads more."""
MOST_BYTES: Final = 4_000
"""Of a text: WeCom takes 4,096 bytes of Markdown, the others 20 KB."""


class Request(msgspec.Struct, frozen=True):
    """What is sent. The address is the robot's key: never logged."""

    url: URL
    body: bytes


def dingtalk(message: Message, address: Address, now_ms: int) -> Request:
    """An action card; signed over timestamp and secret in the query (加签)."""
    url = URL(address["url"])
    if address.get("secret"):
        url = url.update_query(timestamp=str(now_ms), sign=_dingtalk_sign(address["secret"], now_ms))
    text = _with_keyword(f"### {message.title}\n\n" + "\n\n".join(f"> {line}" for line in message.lines), address)
    card = {"title": message.title, "text": text, "singleTitle": message.link_text, "singleURL": message.link}
    return _request(url, {"msgtype": "actionCard", "actionCard": card})


def _dingtalk_sign(secret: str, now_ms: int) -> str:
    signed = hmac.digest(secret.encode(), f"{now_ms}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(signed).decode("ascii")


def feishu(message: Message, address: Address, now_ms: int) -> Request:
    """An interactive card; signed with timestamp and secret as the *key* over nothing (签名校验)."""
    text = _with_keyword("\n".join(message.lines), address)
    button = {
        "tag": "button",
        "type": "primary",
        "text": {"tag": "plain_text", "content": message.link_text},
        "url": message.link,
    }
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"template": _feishu_colour(message), "title": {"tag": "plain_text", "content": message.title}},
        "elements": [{"tag": "markdown", "content": text}, {"tag": "action", "actions": [button]}],
    }
    body: dict[str, Any] = {"msg_type": "interactive", "card": card}
    if address.get("secret"):
        now_s = now_ms // 1_000
        body |= {"timestamp": str(now_s), "sign": _feishu_sign(address["secret"], now_s)}
    return _request(URL(address["url"]), body)


def _feishu_sign(secret: str, now_s: int) -> str:
    signed = hmac.digest(f"{now_s}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(signed).decode("ascii")


def wecom(message: Message, address: Address, now_ms: int) -> Request:
    """Markdown, which WeCom shows as a card with colours: its template cards cut a text after 112 characters. The key
    in the address is all there is of authentication."""
    del now_ms
    head = f'<font color="{_wecom_colour(message)}">{message.title}</font>'
    lines = [f"> {line}" for line in message.lines]
    link = f"[{message.link_text}]({message.link})"
    text = "\n".join([head, *_fitting(lines, MOST_BYTES - len(f"{head}\n{link}".encode())), link])
    return _request(URL(address["url"]), {"msgtype": "markdown", "markdown": {"content": text}})


def _fitting(lines: list[str], most_bytes: int) -> list[str]:
    """As many whole lines as have room."""
    kept: list[str] = []
    for line in lines:
        most_bytes -= len(line.encode()) + 1
        if most_bytes < 0:
            break
        kept.append(line)
    return kept


def _with_keyword(text: str, address: Address) -> str:
    """A robot that is guarded by a keyword refuses texts without it."""
    keyword = address.get("keyword", "")
    return text if not keyword or keyword in text else f"{text}\n\n{keyword}"


def _feishu_colour(message: Message) -> str:
    if message.kind is NoticeKind.RESOLVED:
        return "green"
    return {Severity.CRITICAL: "red", Severity.WARNING: "orange", Severity.INFO: "blue"}[message.severity]


def _wecom_colour(message: Message) -> str:
    if message.kind is NoticeKind.RESOLVED:
        return "info"
    return "comment" if message.severity is Severity.INFO else "warning"


def _request(url: URL, body: Mapping[str, Any]) -> Request:
    return Request(url, msgspec.json.encode(body))


_DINGTALK_BUSY: Final = {130101: 600_000, 660026: 600_000, 410100: 600_000}
"""限流: a robot that sends too fast is shut out for ten minutes."""
_DINGTALK_HOPELESS: Final = {
    310000: "signature, keyword or IP address refused / 签名、关键词或 IP 不符",
    300001: "the robot's token does not exist / access_token 不存在",
    300005: "the robot's token does not exist / access_token 不存在",
    400101: "the robot's token does not exist / access_token 不存在",
    400102: "the robot was switched off / 机器人已停用",
    400105: "this kind of message is not taken / 不支持的消息类型",
    400013: "the group was dissolved / 群已解散",
}
_FEISHU_BUSY: Final = {11232: 60_000, 99991400: 60_000}
_FEISHU_HOPELESS: Final = {
    19001: "the robot's address is not valid / 机器人地址无效",
    19021: "signature refused, or our clock is an hour off / 签名不符或时间偏差超过一小时",
    19022: "our IP address is not on the robot's list / IP 不在白名单",
    19024: "the robot's keyword is missing / 缺少关键词",
    9499: "the message was not understood / 消息格式错误",
}
_WECOM_BUSY: Final = {45009: 60_000}
_WECOM_HOPELESS: Final = {
    93000: "the robot's key is not valid / 机器人 key 无效",
    93004: "the robot was switched off / 机器人已停用",
    93008: "the robot is not in the group any more / 机器人已被移出群",
    40058: "the message was not understood / 消息格式错误",
    40008: "this kind of message is not taken / 不支持的消息类型",
}


def read_answer(kind: ReceiverKind, body: bytes) -> Delivery:
    """What a robot's answer of HTTP 200 says."""
    try:
        answer = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return Delivery(error="the robot's answer is not JSON / 机器人应答无法解析")
    if not isinstance(answer, dict):
        return Delivery(error="the robot's answer is not JSON / 机器人应答无法解析")
    if kind is ReceiverKind.FEISHU:
        # Older robots answer in their own words.
        code = answer.get("code", answer.get("StatusCode"))
        return _judged(code, answer.get("msg") or answer.get("StatusMessage"), _FEISHU_BUSY, _FEISHU_HOPELESS)
    busy, hopeless = (
        (_DINGTALK_BUSY, _DINGTALK_HOPELESS) if kind is ReceiverKind.DINGTALK else (_WECOM_BUSY, _WECOM_HOPELESS)
    )
    return _judged(answer.get("errcode"), answer.get("errmsg"), busy, hopeless)


def _judged(code: object, words: object, busy: Mapping[int, int], hopeless: Mapping[int, str]) -> Delivery:
    if code == 0:
        return Delivery()
    if not isinstance(code, int):
        return Delivery(error="the robot's answer has no code / 机器人应答缺少错误码")
    if code in busy:
        return Delivery(error="sent too fast / 发送过快", code=str(code), retry_after_ms=busy[code])
    if code in hopeless:
        return Delivery(error=hopeless[code], code=str(code), hopeless=True)
    said = "".join(c for c in str(words or "")[:120] if c.isprintable())
    return Delivery(error=said or "refused / 被拒绝", code=str(code))
