"""`payswitch explain`: why a payment went where it went."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from payswitch.entry.cli.admin_client import KEY_VARIABLE, SHOP_KEY_VARIABLE, AdminClient
from payswitch.entry.cli.terminal import BAD_INPUT, fail


def run(payment_id: str, *, url: str, key_file: Path | None) -> None:
    """One sentence a line, in both languages."""
    if not payment_id.replace("_", "").replace("-", "").isalnum():
        fail(BAD_INPUT, f"not a payment's id / 不是支付单号: {payment_id}")
    shop_key = os.environ.get(SHOP_KEY_VARIABLE, "").strip()
    operator = key_file is not None or os.environ.get(KEY_VARIABLE, "").strip()
    if operator or not shop_key:
        path = f"/v1/admin/payments/{payment_id}/explanation"
        found = AdminClient(url, key_file).call("GET", path)
    else:
        found = AdminClient(url, None, shop_key=shop_key).call("GET", f"/v1/payments/{payment_id}/explanation")
    _print(found)


def _print(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{found['payment_id']}[/]  ¥{found['amount_fen'] / 100:,.2f} · {found['state']}")
    for number, decision in enumerate(found["decisions"], 1):
        policy = escape(decision["policy_version"])
        console.print(f"\n[bold]决策 decision {number}[/]  {decision['at']} · 策略 policy {policy}")
        for line in [*decision["lines"], decision["replay"]["said"]]:
            console.print(f"  {escape(line['zh'])}")
            console.print(f"  {escape(line['en'])}", style="dim")
