"""The sandbox's robots: one of each platform, guarded as a careful owner would guard it."""

from __future__ import annotations

import secrets
from enum import StrEnum

import msgspec


class Platform(StrEnum):
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WECOM = "wecom"


class RobotSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One robot in one group."""

    robot_id: str
    platform: Platform
    name: str
    token: str
    """In its address: `access_token`, the hook's id, or `key`."""
    secret: str = ""
    """What messages are signed with; WeCom has none."""
    keyword: str = ""
    """A word that every message must contain."""

    def url(self, base_url: str) -> str:
        """Its address, as the platform shows it to the owner of the group."""
        paths = {
            Platform.DINGTALK: f"/robot/send?access_token={self.token}",
            Platform.FEISHU: f"/open-apis/bot/v2/hook/{self.token}",
            Platform.WECOM: f"/cgi-bin/webhook/send?key={self.token}",
        }
        return base_url.rstrip("/") + paths[self.platform]


def make_robots() -> list[RobotSpec]:
    """With fresh tokens and secrets."""
    return [
        RobotSpec(
            robot_id="duty-dingtalk",
            platform=Platform.DINGTALK,
            name="钉钉值班群",
            token=secrets.token_hex(32),
            secret="SEC" + secrets.token_hex(32),
            keyword="支付",
        ),
        RobotSpec(
            robot_id="duty-feishu",
            platform=Platform.FEISHU,
            name="飞书值班群",
            token=secrets.token_hex(16),
            secret=secrets.token_urlsafe(16),
        ),
        RobotSpec(robot_id="owner-wecom", platform=Platform.WECOM, name="企业微信老板群", token=secrets.token_hex(16)),
    ]
