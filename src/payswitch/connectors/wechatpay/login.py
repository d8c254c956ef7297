"""网页授权: the customer's openid, from the appid's own platform (not WeChat Pay's): plain HTTPS, the appid's secret,
no signature. Documented under "网页授权" of the official accounts' platform.

The code is good once and for five minutes; `snsapi_base` asks the customer nothing and tells nothing but the openid.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from payswitch.connectors.codes import outcome_of_failure
from payswitch.connectors.contract import Account
from payswitch.connectors.transport import HttpTransport, SendFailure
from payswitch.connectors.wechatpay.key_pairs import Problem
from payswitch.domain.exchange import OpenidAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

LOGIN_KEYS: Final = frozenset({"app_secret", "login_base_url", "login_api_base_url"})
LOGIN_BASE_URL: Final = "https://open.weixin.qq.com"
API_BASE_URL: Final = "https://api.weixin.qq.com"
_OPENID: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")
_SECRET: Final = re.compile(r"[0-9A-Za-z]{16,64}")
_BAD_CODES: Final = frozenset({40029, 40163, 42003})
"""Invalid, used, run out: the browser's matter, not the configuration's."""
_BUSY: Final = frozenset({-1, 45009, 45011})
"""系统繁忙, and called too often."""


@dataclass(frozen=True)
class LoginAccount:
    """Ready to use. Its `repr` shows no secret."""

    secret: Secret
    login_base_url: str
    api_base_url: str


class _Told(msgspec.Struct, frozen=True):
    openid: str = ""
    errcode: int = 0
    errmsg: str = ""


def read_login(
    account: Account, base_url: Callable[[str, str | None], str | None], problem: Problem
) -> LoginAccount | None:
    """The login side of an account; None without an `app_secret`: then shops send openids themselves."""
    secret = account.get("app_secret", "").strip()
    login_base_url = base_url("login_base_url", LOGIN_BASE_URL)
    api_base_url = base_url("login_api_base_url", API_BASE_URL)
    if not secret:
        return None
    if _SECRET.fullmatch(secret) is None:
        problem(
            "app_secret",
            "expected the AppSecret of the appid that pays inside WeChat",
            "应为微信内支付所用 appid 的 AppSecret",
        )
    if login_base_url is None or api_base_url is None:
        return None
    return LoginAccount(secret=Secret(secret), login_base_url=login_base_url, api_base_url=api_base_url)


class WechatLogin:
    """One appid's login."""

    def __init__(self, account: LoginAccount, appid: str, transport: HttpTransport) -> None:
        self._account = account
        self._appid = appid
        self._transport = transport

    def url(self, back_url: str, state: str) -> str:
        """Where the browser is sent. The order of the fields and the fragment are WeChat's."""
        query = urlencode(
            {
                "appid": self._appid,
                "redirect_uri": back_url,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            },
            quote_via=quote,
        )
        return f"{self._account.login_base_url}/connect/oauth2/authorize?{query}#wechat_redirect"

    async def openid(self, code: str, timeout_ms: int) -> OpenidAnswer:
        """Exchange a code. The secret stands in the query, as WeChat has it: the address is never logged."""
        query = urlencode(
            {
                "appid": self._appid,
                "secret": self._account.secret.reveal(),
                "code": code,
                "grant_type": "authorization_code",
            }
        )
        answer = await self._transport.send(
            "GET",
            f"{self._account.api_base_url}/sns/oauth2/access_token?{query}",
            headers={"Accept": "application/json"},
            body=b"",
            timeout_ms=timeout_ms,
        )
        if isinstance(answer, SendFailure):
            return OpenidAnswer(outcome=outcome_of_failure(answer))
        return _read(answer.status, answer.body)


def _read(status: int, body: bytes) -> OpenidAnswer:
    """WeChat says 200 to everything; what it means stands in the body, which is not always called JSON."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return OpenidAnswer(outcome=Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{status}"))
    if _OPENID.fullmatch(told.openid):
        return OpenidAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), openid=told.openid)
    return OpenidAnswer(outcome=Outcome(kind=_kind(told.errcode), code=str(told.errcode), message=told.errmsg[:200]))


def _kind(errcode: int) -> OutcomeKind:
    if errcode in _BAD_CODES:
        return OutcomeKind.REFUSED_ORDER
    return OutcomeKind.REFUSED_CHANNEL if errcode in _BUSY else OutcomeKind.REFUSED_CONFIG
