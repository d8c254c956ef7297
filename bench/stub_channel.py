"""A channel that costs next to nothing: WeChat's native endpoint, answering with one signed answer a minute.

Both builds verify the signature, so its cost is theirs; making a new one per answer would only burn the machine's
second core and blur the comparison. The sandbox is the place for honest behaviour; this is a load-test stand-in.
Usage: python -m bench.stub_channel CONFIG.json
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httptools
import msgspec

from payswitch.kit.crypto import SigningKey

BODY = b'{"code_url":"weixin://wxpay/bizpayurl?pr=benchbenchz"}'
SIGN_EVERY_S = 60.0
ORDER = b"/out-trade-no/"
"""In the address of a query or a close."""


class Answers:
    """The current signed answer."""

    def __init__(self, key: SigningKey, account: Mapping[str, str]) -> None:
        self._key = key
        self._merchant = {"mchid": account["mchid"], "appid": account["appid"]}
        self._serial = account["wechatpay_public_key_id"]
        self._signed_at = 0.0
        self._answer = b""

    def current(self) -> bytes:
        now = time.time()
        if now - self._signed_at > SIGN_EVERY_S:
            self._signed_at = now
            self._answer = self._make(str(int(now)))
        return self._answer

    def not_paid(self, order_no: str) -> bytes:
        """What is said of an order that nobody has paid yet; signed anew each time, because it names the order."""
        body = msgspec.json.encode({"out_trade_no": order_no, "trade_state": "NOTPAY"} | self._merchant)
        return self._make(str(int(time.time())), body)

    def _make(self, timestamp: str, body: bytes = BODY) -> bytes:
        signature = self._key.sign(f"{timestamp}\nstub\n".encode() + body + b"\n")
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\nWechatpay-Timestamp: {timestamp}\r\n".encode()
            + f"Wechatpay-Nonce: stub\r\nWechatpay-Serial: {self._serial}\r\n".encode()
            + f"Wechatpay-Signature: {signature}\r\n".encode()
            + b"Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048\r\n\r\n"
            + body
        )


class Connection(asyncio.Protocol):
    """One keep-alive connection: every complete request gets the same answer."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_message_complete(self) -> None:
        _, asked, rest = self._url.partition(ORDER)
        if asked:
            self._transport.write(self._answers.not_paid(rest.partition(b"?")[0].partition(b"/")[0].decode()))
        else:
            self._transport.write(self._answers.current())


async def main(config: dict[str, Any]) -> None:
    answers = Answers(SigningKey(config["stub_private_key"]), config["account"])
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(answers), "127.0.0.1", config["stub_port"], backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
