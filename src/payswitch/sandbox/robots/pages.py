"""The robots' addresses, and the page on which a person sees what came."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import jinja2
import msgspec
from aiohttp import web

from payswitch.kit.clock import beijing
from payswitch.sandbox.admin import local
from payswitch.sandbox.robots.accounts import Platform
from payswitch.sandbox.robots.house import Received, Reply, RobotHouse

_PLATFORMS: Final = {
    Platform.DINGTALK: "钉钉 / DingTalk",
    Platform.FEISHU: "飞书 / Feishu",
    Platform.WECOM: "企业微信 / WeCom",
}
_TAGS: Final = re.compile(r"<[^>]+>")


class RobotPages:
    """The three protocols, `/alerts` for people, `/_sandbox/robots` for programs."""

    def __init__(self, house: RobotHouse) -> None:
        self._house = house
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent.parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/robot/send", self.dingtalk),
            web.post("/open-apis/bot/v2/hook/{token}", self.feishu),
            web.post("/cgi-bin/webhook/send", self.wecom),
            web.get("/alerts", self.show),
            web.get("/_sandbox/robots", local(self.list)),
            web.delete("/_sandbox/robots", local(self.clear)),
        ]

    async def dingtalk(self, request: web.Request) -> web.Response:
        return _reply(self._house.dingtalk(request.query, await request.read()), "errcode", "errmsg")

    async def feishu(self, request: web.Request) -> web.Response:
        return _reply(self._house.feishu(request.match_info["token"], await request.read()), "code", "msg")

    async def wecom(self, request: web.Request) -> web.Response:
        return _reply(self._house.wecom(request.query, await request.read()), "errcode", "errmsg")

    async def list(self, request: web.Request) -> web.Response:
        """Everything that came, oldest first."""
        body = msgspec.json.encode({"messages": list(self._house.received)})
        return web.Response(body=body, content_type="application/json")

    async def clear(self, request: web.Request) -> web.Response:
        self._house.received.clear()
        return web.json_response({})

    async def show(self, request: web.Request) -> web.Response:
        messages = [_for_people(one) for one in reversed(self._house.received)]
        text = self._templates.get_template("alerts.html").render(messages=messages)
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }
        return web.Response(text=text, content_type="text/html", headers=headers)


def _reply(reply: Reply, code: str, words: str) -> web.Response:
    """Whatever is wrong, the platforms say it with HTTP 200."""
    return web.json_response({code: reply[0], words: reply[1]})


def _for_people(one: Received) -> dict[str, object]:
    lines = [_TAGS.sub("", line).lstrip("#> ").strip() for line in one.text.splitlines()]
    title = _TAGS.sub("", one.title)
    link = one.link if one.link.startswith(("http://", "https://")) else ""
    return {
        "platform": _PLATFORMS[one.platform],
        "css": one.platform.value,
        "robot": one.robot,
        "time": beijing(one.at_ms).strftime("%H:%M:%S"),
        "taken": one.code == 0,
        "reason": f"{one.code} {one.reason}",
        "signed": one.signed,
        "title": title or "（无法读取 / unreadable）",
        "lines": [line for line in lines if line and line != title and not line.startswith("[")],
        "link": link,
        "over": "已恢复" in title or "RESOLVED" in title,
    }
