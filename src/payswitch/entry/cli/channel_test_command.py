"""`payswitch channels test`: a code in the terminal, 0.01 yuan, and its way back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import segno
from rich.console import Console
from rich.markup import escape

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.terminal import LOSS, fail

_LOOK_EVERY_S = 1.5
_GOING_ON = ("waiting", "refunding")
_WORDS = {
    "waiting": "waiting for the payment of 0.01 yuan / 等待支付 0.01 元",
    "refunding": "paid; the money is on its way back / 已支付，退款中",
    "refunded": "paid and returned: the channel works / 已支付并已退回，渠道正常",
    "refund_failed": "paid, and the refund was refused: look at the channel / 已支付，但退款被拒绝",
    "refused": "the channel made no order / 渠道拒绝下单",
    "unpaid": "nobody paid in time / 未在时限内支付",
}


def run(channel_id: str, *, product: str | None, wait_s: float, url: str, key_file: Path | None) -> None:
    """Begin a test, show its code, and follow it to its end."""
    console = Console(highlight=False)
    client = AdminClient(url, key_file)
    view = client.channel(channel_id, "/tests", body={} if product is None else {"product": product})
    _show_credential(console, view)
    console.print(_WORDS[view["state"]])
    ends = time.monotonic() + wait_s
    while view["state"] in _GOING_ON and time.monotonic() < ends:
        time.sleep(_LOOK_EVERY_S)
        before, view = view["state"], client.channel(channel_id, f"/tests/{view['test_id']}")
        if view["state"] != before:
            console.print(_WORDS[view["state"]])
    _finish(view)


def _show_credential(console: Console, view: dict[str, Any]) -> None:
    credential = view["credential"]
    if credential is None:
        return
    # A form cannot be scanned: the checkout page posts it.
    content = credential["content"] if credential["kind"] in ("qr", "redirect") else view["checkout_url"]
    segno.make(content).terminal(compact=True)
    console.print(f"{view['product']}  {escape(content)}", soft_wrap=True)


def _finish(view: dict[str, Any]) -> None:
    if view["state"] == "refunded":
        return
    finding = view["finding"]
    details = [text for text in (finding["what"], finding["fix"]) if text] if finding else []
    if view["state"] in _GOING_ON:
        details.append(f"not waited for any longer; test {view['test_id']} goes on / 不再等待，测试仍在进行")
    fail(LOSS, f"the test did not succeed / 测试未成功: {_WORDS[view['state']]}", details)
