"""Speaks to the admin API of a running service, and ends the command with the service's own words when it refuses."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail
from payswitch.kit.addresses import is_web_address

KEY_VARIABLE = "PAYSWITCH_OPERATOR_KEY"
SHOP_KEY_VARIABLE = "PAYSWITCH_API_KEY"
_TIMEOUT_S = 60
"""A check-up asks the channel once for each of its products, five seconds each at most."""
_CHANNELS = "/v1/admin/channels"


class AdminClient:
    """One operator (or, with a shop's key, one shop) at one service."""

    def __init__(self, url: str, key_file: Path | None, *, shop_key: str | None = None) -> None:
        if not is_web_address(url):
            fail(BAD_INPUT, f"--url must be an http(s) address / 须为 http(s) 地址: {url}")
        self._url = url.rstrip("/")
        self._key = _operator_key(key_file) if shop_key is None else shop_key

    def channels(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", _CHANNELS)["data"]
        return found

    def channel(self, channel_id: str, rest: str = "", *, body: object = None, method: str = "") -> dict[str, Any]:
        """A call about one channel: GET without a body, POST with one (or as `method` says)."""
        return self.call(method or ("GET" if body is None else "POST"), f"{_CHANNELS}/{channel_id}{rest}", body)

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer's document. Ends the command when there is none, with what the service says of it."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 (http or https: checked above)
            self._url + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 (as above)
                document: dict[str, Any] = json.load(answer)
                return document
        except urllib.error.HTTPError as error:
            _refused(error)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            fail(CANNOT_RUN, f"the service at {self._url} does not answer / 服务没有应答", [str(reason)])


def _operator_key(key_file: Path | None) -> str:
    if key_file is None:
        key = os.environ.get(KEY_VARIABLE, "").strip()
    else:
        try:
            key = key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            fail(BAD_INPUT, f"cannot read the key file / 无法读取密钥文件: {key_file}")
    if not key or not key.isascii() or not key.isprintable():
        fail(BAD_INPUT, f"an operator's key is needed: set {KEY_VARIABLE} or give --key-file / 需要运营密钥")
    return key


def _refused(error: urllib.error.HTTPError) -> NoReturn:
    try:
        problem: Mapping[str, Any] = json.load(error)
        title = f"{problem['title']} / {problem['title_zh']}"
    except (ValueError, KeyError, TypeError):
        fail(CANNOT_RUN, f"the service answered HTTP {error.code} / 服务应答异常")
    details = [f"{one['field']}: {one['message']}" for one in problem.get("errors", [])]
    if not details:
        details = [text for text in (problem.get("detail"), problem.get("detail_zh")) if text]
    fail(BAD_INPUT if error.code < 500 else CANNOT_RUN, title, details)
