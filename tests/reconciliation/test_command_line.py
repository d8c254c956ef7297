"""The operator at the terminal: reconcile with the service stopped, and audit, with exit statuses for scripts."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from tests.reconciliation.street import Street, street


async def call(*arguments: str) -> tuple[int, str]:
    """A process of its own, as at the terminal; its table is written as wide as it needs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "payswitch",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "200"},
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


CONFIG = """
[service]
public_url = "http://127.0.0.1:1"
[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
api_key_sha256 = "{key}"
[[channels]]
channel_id = "huifu"
merchant_id = "m-1"
connector = "huifu"
name = "汇付"
products = ["ecny_qr"]
upstream = "huifu"
[channels.account]
{account}
"""


def configured(folder: Path, here: Street) -> Path:
    account = here.sandbox.world.account("huifu").connector_account()
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in account.items())
    path = folder / "payswitch.toml"
    path.write_text(CONFIG.format(key="0" * 64, account=lines), encoding="utf-8")
    return path


async def test_the_morning_after_at_the_terminal(tmp_path: Path) -> None:
    async with street(tmp_path, "huifu") as here:
        config = configured(tmp_path, here)
        here.noon(days_ago=1)
        yesterday = here.today
        sold = await here.sold("order-1")
        await here.sold("order-2", heard=False)
        here.clock.behind_ms = 0
        await here.edit_bills({"channel_order_no": sold.channel_order_no, "change": "amount", "by_fen": 1})
        await here.app.store.aclose()

        status, said = await call("reconcile", "--date", yesterday, "--config", str(config))

    assert status == 1, said
    assert "金额不一致" in said
    assert "129.01" in said
    assert sold.channel_order_no in said
    assert "补单：已按" in said, "the lost notification was repaired"


async def test_beside_a_running_service_an_audit_can_read_and_a_reconciliation_asks_to_be_sent_there(
    tmp_path: Path,
) -> None:
    async with street(tmp_path, "huifu") as here:
        config = ("--config", str(configured(tmp_path, here)))
        sold = await here.sold("order-1")
        refused, hint = await call("reconcile", "--date", "2026-01-01", *config)
        healthy, said = await call("audit", "--since", "1", *config)
        with closing(sqlite3.connect(here.app.settings.database)) as connection:
            connection.execute("DELETE FROM events")
            connection.commit()
        broken, rows = await call("audit", "--json", *config)

    assert (refused, "--url" in hint) == (3, True), hint
    assert (healthy, "every invariant holds" in said) == (0, True), said
    assert broken == 1, rows
    violations = {one["name"]: one["rows"] for one in json.loads(rows)["violations"]}
    assert violations["success_is_told"] == [sold.payment_id]
