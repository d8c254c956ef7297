"""网页授权: the stand-in for open.weixin.qq.com and api.weixin.qq.com, which tell a page whose WeChat is looking at it.

Everybody who opens the authorize page with a browser is its one customer, who has another openid under each appid. A
code is good once and for five minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec
from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.wechatpay.account import WechatAccount

AUTHORIZE_PATH: Final = "/connect/oauth2/authorize"
TOKEN_PATH: Final = "/sns/oauth2/access_token"  # noqa: S105 (an address)
CODE_VALID_MS: Final = 300_000
_SCOPES: Final = ("snsapi_base", "snsapi_userinfo")


@dataclass
class _Code:
    appid: str
    expires_at_ms: float
    used: bool = False


class LoginPages:
    """Both addresses, for all accounts with an AppSecret."""

    def __init__(self, core: SandboxCore, accounts: Sequence[WechatAccount]) -> None:
        self._core = core
        self._secrets = {paying_appid(a): a.keys.app_secret for a in accounts if a.keys.app_secret}
        self._codes: dict[str, _Code] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get(AUTHORIZE_PATH, self.authorize), web.get(TOKEN_PATH, self.access_token)]

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Silent: the browser goes straight back with a code. A page of WeChat's for what is wrong with the address."""
        query = request.query
        appid, back = query.get("appid", ""), query.get("redirect_uri", "")
        wrong = (
            appid not in self._secrets
            or query.get("response_type") != "code"
            or query.get("scope") not in _SCOPES
            or urlsplit(back).scheme not in ("http", "https")
        )
        if wrong:
            raise web.HTTPBadRequest(text="redirect_uri 参数错误 / wrong appid, redirect_uri, response_type or scope")
        code = self._core.ids.nonce()
        self._codes[code] = _Code(appid, self._core.clock.monotonic_ms() + CODE_VALID_MS)
        joint = "&" if "?" in back else "?"
        raise web.HTTPFound(back + joint + urlencode({"code": code, "state": query.get("state", "")}))

    async def access_token(self, request: web.Request) -> web.Response:
        query = request.query
        appid = query.get("appid", "")
        if appid not in self._secrets:
            return _said({"errcode": 40013, "errmsg": "invalid appid"})
        if query.get("secret") != self._secrets[appid]:
            return _said({"errcode": 40125, "errmsg": "invalid appsecret"})
        code = self._codes.get(query.get("code", ""))
        if code is None or code.appid != appid or self._core.clock.monotonic_ms() > code.expires_at_ms:
            return _said({"errcode": 40029, "errmsg": "invalid code"})
        if code.used:
            return _said({"errcode": 40163, "errmsg": "code been used"})
        code.used = True
        openid = "o" + hashlib.sha256(f"browser {appid}".encode()).hexdigest()[:27]
        told = {"access_token": self._core.ids.nonce(), "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
        return _said(told)


def paying_appid(account: WechatAccount) -> str:
    """Under which a page inside WeChat pays: the sub-merchant's own, if it has one."""
    return account.keys.sub_appid or account.keys.appid


def _said(told: dict[str, object]) -> web.Response:
    """WeChat says 200 and text/plain, whatever it says."""
    return web.Response(body=msgspec.json.encode(told), content_type="text/plain")
