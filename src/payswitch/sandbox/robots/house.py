"""What the robots take, what they refuse, and what they have received."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from payswitch.kit.clock import Clock
from payswitch.kit.durations import HOUR_MS, MINUTE_MS
from payswitch.sandbox.robots.accounts import Platform, RobotSpec

PER_MINUTE: Final = {Platform.DINGTALK: 20, Platform.FEISHU: 100, Platform.WECOM: 20}
SHUT_OUT_MS: Final = {Platform.DINGTALK: 600_000, Platform.FEISHU: 0, Platform.WECOM: 0}
"""DingTalk shuts a robot out for ten minutes; the others refuse what is too much."""
KEPT: Final = 200
MOST_BYTES: Final = 20_480
WECOM_BYTES: Final = 4_096

Reply = tuple[int, str]
"""A platform's code and words; 0: taken."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One message that came in, taken or not."""

    n: int
    robot_id: str
    platform: Platform
    robot: str
    at_ms: int
    code: int
    reason: str
    signed: bool
    """Its signature was checked and is right."""
    form: str
    """`actionCard`, `interactive`, `markdown`, `text`."""
    title: str
    text: str
    link: str


class RobotHouse:
    """All robots of one sandbox."""

    def __init__(self, robots: Sequence[RobotSpec], clock: Clock) -> None:
        self._clock = clock
        self._by_token = {(robot.platform, robot.token): robot for robot in robots}
        self._recent: dict[str, deque[int]] = {robot.robot_id: deque() for robot in robots}
        self._shut_until_ms: dict[str, int] = {}
        self.received: deque[Received] = deque(maxlen=KEPT)
        self._count = 0

    def dingtalk(self, query: Mapping[str, str], body: bytes) -> Reply:
        robot = self._by_token.get((Platform.DINGTALK, query.get("access_token", "")))
        if robot is None:
            return 300001, "token is not exist"
        document = _document(body)
        reply, signed = self._dingtalk_guard(robot, query, document, body)
        self._keep(robot, reply, signed, document)
        return reply

    def _dingtalk_guard(
        self, robot: RobotSpec, query: Mapping[str, str], document: Any, body: bytes
    ) -> tuple[Reply, bool]:
        signed = self._dingtalk_signed(robot, query)
        if not signed:
            return (310000, "sign not match, or timestamp is invalid"), False
        if self._too_fast(robot):
            return (130101, "send too fast, exceed 20 times per minute"), True
        form = document.get("msgtype") if isinstance(document, dict) else None
        card = document.get(form) if isinstance(document, dict) and isinstance(form, str) else None
        needed = {"actionCard": ("title", "text", "singleTitle", "singleURL"), "markdown": ("title", "text")}
        if form not in needed or not isinstance(card, dict) or not all(card.get(name) for name in needed[form]):
            return (400105, "unsupported message type or missing field"), True
        if robot.keyword and robot.keyword not in body.decode("utf-8", "replace"):
            return (310000, "keywords not in content"), True
        return (0, "ok"), True

    def _dingtalk_signed(self, robot: RobotSpec, query: Mapping[str, str]) -> bool:
        stamp = query.get("timestamp", "")
        if not stamp.isdigit() or abs(self._clock.now_ms() - int(stamp)) > HOUR_MS:
            return False
        mac = hmac.new(robot.secret.encode(), digestmod=hashlib.sha256)
        mac.update(stamp.encode() + b"\n" + robot.secret.encode())
        return hmac.compare_digest(base64.b64encode(mac.digest()).decode(), query.get("sign", ""))

    def feishu(self, token: str, body: bytes) -> Reply:
        robot = self._by_token.get((Platform.FEISHU, token))
        if robot is None:
            return 19001, "param invalid: incoming webhook access token invalid"
        document = _document(body)
        reply, signed = self._feishu_guard(robot, document, body)
        self._keep(robot, reply, signed, document)
        return reply

    def _feishu_guard(self, robot: RobotSpec, document: Any, body: bytes) -> tuple[Reply, bool]:
        if not isinstance(document, dict) or len(body) > MOST_BYTES:
            return (9499, "Bad Request"), False
        if not self._feishu_signed(robot, document):
            return (19021, "sign match fail or timestamp is not within one hour from current time"), False
        if self._too_fast(robot):
            return (11232, "frequency limited psm"), True
        if document.get("msg_type") != "interactive" or not _feishu_card_is_whole(document.get("card")):
            return (9499, "Bad Request"), True
        if robot.keyword and robot.keyword not in body.decode("utf-8", "replace"):
            return (19024, "Key Words Not Found"), True
        return (0, "success"), True

    def _feishu_signed(self, robot: RobotSpec, document: Mapping[str, Any]) -> bool:
        """The secret and the time are the key; what is signed is empty."""
        stamp = str(document.get("timestamp", ""))
        if not stamp.isdigit() or abs(self._clock.now_ms() - int(stamp) * 1_000) > HOUR_MS:
            return False
        mac = hmac.new(f"{stamp}\n{robot.secret}".encode(), b"", hashlib.sha256)
        return hmac.compare_digest(base64.b64encode(mac.digest()).decode(), str(document.get("sign", "")))

    def wecom(self, query: Mapping[str, str], body: bytes) -> Reply:
        robot = self._by_token.get((Platform.WECOM, query.get("key", "")))
        if robot is None:
            return 93000, "invalid webhook url"
        document = _document(body)
        reply = self._wecom_guard(robot, document)
        self._keep(robot, reply, False, document)
        return reply

    def _wecom_guard(self, robot: RobotSpec, document: Any) -> Reply:
        if self._too_fast(robot):
            return 45009, "api freq out of limit"
        if not isinstance(document, dict) or document.get("msgtype") not in ("markdown", "text"):
            return 40008, "invalid message type"
        part = document.get(document["msgtype"])
        content = part.get("content") if isinstance(part, dict) else None
        if not isinstance(content, str) or not content:
            return 44004, "content is empty"
        if len(content.encode()) > WECOM_BYTES:
            return 40058, "markdown.content exceed max length 4096"
        return 0, "ok"

    def _too_fast(self, robot: RobotSpec) -> bool:
        now_ms, recent = self._clock.now_ms(), self._recent[robot.robot_id]
        if now_ms < self._shut_until_ms.get(robot.robot_id, 0):
            return True
        while recent and now_ms - recent[0] >= MINUTE_MS:
            recent.popleft()
        if len(recent) >= PER_MINUTE[robot.platform]:
            self._shut_until_ms[robot.robot_id] = now_ms + SHUT_OUT_MS[robot.platform]
            return True
        recent.append(now_ms)
        return False

    def _keep(self, robot: RobotSpec, reply: Reply, signed: bool, document: Any) -> None:
        self._count += 1
        form, title, text, link = _shown(document)
        self.received.append(
            Received(
                n=self._count,
                robot_id=robot.robot_id,
                platform=robot.platform,
                robot=robot.name,
                at_ms=self._clock.now_ms(),
                code=reply[0],
                reason=reply[1],
                signed=signed,
                form=form,
                title=title,
                text=text,
                link=link,
            )
        )


def _document(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _feishu_card_is_whole(card: Any) -> bool:
    """As far as Feishu itself looks: a header with a title, elements that all have a tag."""
    if not isinstance(card, dict) or not isinstance(card.get("elements"), list) or not card["elements"]:
        return False
    header = card.get("header")
    title = header.get("title") if isinstance(header, dict) else None
    whole = all(isinstance(element, dict) and element.get("tag") for element in card["elements"])
    return whole and isinstance(title, dict) and title.get("tag") == "plain_text" and bool(title.get("content"))


def _shown(document: Any) -> tuple[str, str, str, str]:
    """Form, title, text and link, as a person would see them. Empty where there is nothing readable."""
    try:
        return _read(document)
    except (KeyError, TypeError, IndexError, AttributeError):
        return "", "", "", ""


def _read(document: Any) -> tuple[str, str, str, str]:
    if "card" in document:
        card = document["card"]
        text = next(one["content"] for one in card["elements"] if one["tag"] == "markdown")
        actions = [one["actions"][0]["url"] for one in card["elements"] if one["tag"] == "action"]
        return "interactive", card["header"]["title"]["content"], text, actions[0] if actions else ""
    form = document["msgtype"]
    if form == "actionCard":
        card = document["actionCard"]
        return form, card["title"], card["text"], card["singleURL"]
    content = document[form]["content"]
    first, _, rest = content.partition("\n")
    link = rest.rpartition("](")[2].removesuffix(")") if "](" in rest else ""
    return form, first, rest, link
