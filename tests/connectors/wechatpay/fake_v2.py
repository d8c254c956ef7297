"""API V2 as a test sees it: every request's XML and signature are checked by other means than the connector's."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.connectors.wechatpay.fake_wechat import API_V2_KEY, APPID, MCHID

from payswitch.connectors.transport import MAX_ANSWER_BYTES, ClientTls, HttpAnswer, SendFailure

Fields = dict[str, str]
Answer = Callable[[Fields], HttpAnswer | SendFailure]


def digest(fields: Mapping[str, str], kind: str = "MD5", key: str = API_V2_KEY) -> str:
    """WeChat's documents, word by word: sort, join, append the key, digest, capitals."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name] and name != "sign")
    data = f"{text}&key={key}".encode()
    if kind == "MD5":
        return hashlib.md5(data, usedforsecurity=False).hexdigest().upper()
    return hmac.new(key.encode(), data, hashlib.sha256).hexdigest().upper()


def xml(fields: Mapping[str, str]) -> bytes:
    return ("<xml>" + "".join(f"<{n}><![CDATA[{v}]]></{n}>\n" for n, v in fields.items()) + "</xml>").encode()


def genuine(fields: Mapping[str, str], kind: str = "MD5", key: str = API_V2_KEY) -> HttpAnswer:
    """An answer of WeChat's, signed."""
    whole = {
        "return_code": "SUCCESS",
        "return_msg": "OK",
        "appid": APPID,
        "mch_id": MCHID,
        "nonce_str": "sh2Z8u5NqFPVzrqh",
        **fields,
    }
    whole = {name: value for name, value in whole.items() if value != "-"}
    return HttpAnswer(status=200, headers={}, body=xml({**whole, "sign": digest(whole, kind, key)}), latency_ms=1)


def answers(**fields: str) -> Answer:
    return lambda _: genuine(fields)


def refuses(code: str, message: str = "", **fields: str) -> Answer:
    return answers(result_code="FAIL", err_code=code, err_code_des=message, **fields)


def says(body: bytes, status: int = 200) -> Answer:
    return lambda _: HttpAnswer(status=status, headers={}, body=body, latency_ms=1)


@dataclass
class FakeV2:
    """An `HttpTransport` that knows the merchant's V2 key and answers what the test has told it to."""

    kind: str = "MD5"
    answers: list[Answer] = field(default_factory=list)
    requests: list[Fields] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    shown: list[ClientTls | None] = field(default_factory=list)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
        tls: ClientTls | None = None,
    ) -> HttpAnswer | SendFailure:
        assert method == "POST"
        assert headers["Content-Type"].startswith("text/xml")
        assert timeout_ms > 0
        text = body.decode()
        fields = {n: _plain(v) for n, v in re.findall(r"<(\w+)>([^<]*)</\1>", text)}
        assert text == "<xml>" + "".join(f"<{n}>{_escaped(v)}</{n}>" for n, v in fields.items()) + "</xml>"
        assert fields["sign"] == digest(fields, self.kind)
        assert fields["sign_type"] == self.kind
        assert 0 < len(fields["nonce_str"]) <= 32
        assert all(fields.values()), "an empty field is not sent"
        self.requests.append(fields)
        self.urls.append(url)
        self.shown.append(tls)
        return self.answers.pop(0)(fields)


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
