"""How fast the console's pages answer, and the weekly report, over a long history.

    python -m bench.history --into /tmp/history --attempts 10000000
    python -m bench.console_pages --history /tmp/history

The real service is started on the generated file. Asked is every GET of the admin API that the served OpenAPI document
knows, with the variants below, and those about one thing with the first id of its list: what the console's pages ask.
Promise: p95 within 500 ms each; a weekly report within 60 s and 2 GiB (peak of the whole service).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp

from bench.create_payment import API_KEY, CONFIG_TOML, prepare
from bench.history import DATABASE, LAKE
from bench.history_rows import LINES, MERCHANT
from bench.processes import Child, free_port
from payswitch.kit.clock import SystemClock
from payswitch.kit.durations import DAY_MS
from payswitch.kit.secrets import fingerprint

OPERATOR_KEY = "bench-operator-key-not-a-secret"
PROMISE_MS = 500.0
REPORT_PROMISE_S = 60.0
MEMORY_PROMISE_GIB = 2.0
LONG_AGO_MS = 20 * DAY_MS
VARIANTS = {
    "/v1/admin/failures": ["?days=1", "?days=7", "?days=28", "?days=90", "?days=7&by=hour", "?days=28&by=band"],
    "/v1/admin/policies/in-force": [f"?merchant_id={MERCHANT}"],
    "/v1/admin/views": ["?page=payments"],
    "/v1/admin/events": ["", "?state=troubled", "?shop_id=shop-1"],
    # What is common, what is rare, what there is none of, and all of it three weeks ago.
    "/v1/admin/payments": [
        "",
        "?limit=100&state=closed",
        "?state=pending",
        "?shop_id=shop-1",
        "?channel_id=unionpay-main&state=closed",
        "?method=ecny",
        "?min_fen=10000000",
        "?switched=yes",
        "?switched=yes&min_fen=10000000",
        "?surplus=yes",
        "?surplus=yes&state=closed",
        "?in_doubt=yes",
        "?to_ms={long_ago}",
        "?to_ms={long_ago}&min_fen=10000000",
        "?to_ms={long_ago}&surplus=yes",
        "?to_ms={long_ago}&channel_id=alipay-psp&state=closed",
    ],
    "/v1/admin/payment-search": [
        "?number={out_trade_no}",
        "?number={payment_id}",
        "?number={channel_order_no}",
        "?number={transaction_id}",
        "?number=c-17",
        "?number=no-such-number",
    ],
}
"""What the pages ask with; a list without one is asked as it is. In braces: of the first payment of the list."""
NOT_FOR_KEYS = frozenset({"/v1/admin/users"})
"""Answered with 403: only somebody who is signed in may ask."""
_HEADERS = {"Authorization": f"Bearer {OPERATOR_KEY}"}


def configure(folder: Path, history: Path, port: int) -> Path:
    """A configuration with the history's channels; nobody pays here, so one account does for all of them."""
    config = prepare(folder)
    account = config["account"]
    assert isinstance(account, dict)
    head = CONFIG_TOML.format(port=port, key=fingerprint(API_KEY), database=json.dumps(str(history / DATABASE)))
    head = head[: head.index("[[channels]]")].replace(
        "[service]", f"[service]\nanalytics = {json.dumps(str(history / LAKE))}", 1
    )
    parts = [head]
    parts.append(
        f'[[operators]]\noperator_id = "op-bench"\nname = "bench"\nmerchant_ids = ["{MERCHANT}"]\n'
        f'api_key_sha256 = "{fingerprint(OPERATOR_KEY)}"\n'
    )
    lines = [f"{key} = {json.dumps(value)}" for key, value in account.items()]
    parts += [
        f'[[channels]]\nchannel_id = "{line.channel_id}"\nmerchant_id = "{MERCHANT}"\nconnector = "wechatpay"\n'
        f'name = "{line.channel_id}"\nproducts = ["wechat_native"]\nupstream = "{line.upstream}"\n'
        f"fee_bp = {line.fee_bp}\n[channels.account]\n" + "\n".join(lines) + "\n"
        for line in LINES
    ]
    path = folder / "payswitch.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


class Pages:
    """One service under questions."""

    def __init__(self, session: aiohttp.ClientSession, url: str, times: int) -> None:
        self._session, self._url, self._times = session, url, times
        self._names: dict[str, str] = {"long_ago": str(SystemClock().now_ms() - LONG_AGO_MS)}
        self.failed: list[str] = []

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session.get(self._url + path, headers=_HEADERS) as answer:
            return answer.status, await answer.json()

    async def all(self) -> None:
        _, document = await self.get("/v1/openapi.json")
        found = [
            path for path, methods in document["paths"].items() if path.startswith("/v1/admin/") and "get" in methods
        ]
        _, newest = await self.get("/v1/admin/payments?limit=1")
        self._names |= {name: str(value) for name, value in newest["data"][0].items()}
        lists: dict[str, Any] = {}
        for path in (one for one in found if "{" not in one):
            for variant in VARIANTS.get(path, [""]):
                said = await self.ask(path + variant.format_map(self._names))
                lists.setdefault(path, said)
        for path in (one for one in found if "{" in one):
            known = _with_ids(path, lists)
            if known is None:
                print(f"{'-':>8} {'-':>8}  {path}  (nothing to ask about)")
            else:
                await self.ask(known)

    async def ask(self, path: str) -> Any:
        took, status, said = [], 0, None
        for _ in range(self._times):
            begun = time.perf_counter()
            status, said = await self.get(path)
            took.append((time.perf_counter() - begun) * 1_000)
        p95 = statistics.quantiles(took, n=20)[-1]
        mark = (
            ""
            if p95 <= PROMISE_MS
            else "  (an action: no page waits for it)"
            if path.endswith("/pdf")
            else "  TOO SLOW"
        )
        if status != (403 if path in NOT_FOR_KEYS else 200):
            mark = "  NOT ANSWERED"
        if mark.isupper():
            self.failed.append(path)
        print(f"{statistics.median(took):8.0f} {p95:8.0f}  {status} {path}{mark}", flush=True)
        return said


def _with_ids(path: str, lists: dict[str, Any]) -> str | None:
    """The path with the first id of each kind that some list has."""
    for name in re.findall(r"{(\w+)}", path):
        rows = [row for said in lists.values() if isinstance(said, dict) for row in said.get("data") or []]
        rows += [part for row in rows if isinstance(row, dict) for part in row.values() if isinstance(part, dict)]
        value = next((row[name] for row in rows if isinstance(row, dict) and row.get(name)), None)
        if value is None:
            return None
        path = path.replace("{" + name + "}", str(value))
    return path


def _forget_reports(history: Path) -> None:
    """Of an earlier run: a report that is there already is not made again."""
    with closing(sqlite3.connect(history / DATABASE)) as database:
        database.execute("DELETE FROM reports")
        database.commit()


async def measure(history: Path, times: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="payswitch-pages-") as name:
        folder, port = Path(name), free_port()
        config = configure(folder, history, port)
        _forget_reports(history)
        child = Child(
            "service", ["-m", "payswitch", "serve", "--config", str(config)], port, folder / "service.log", {}
        )
        try:
            child.wait_until_listening()
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as session:
                # The report first: the service makes this week's by itself a minute after its start.
                reported = await _report(session, f"http://127.0.0.1:{port}/v1/admin/reports")
                pages = Pages(session, f"http://127.0.0.1:{port}", times)
                print(f"{'p50 ms':>8} {'p95 ms':>8}")
                await pages.all()
            peak = child.peak_gib()
        finally:
            child.stop()
    print(f"service peak {peak:.2f} GiB (promised {MEMORY_PROMISE_GIB:.0f}); {len(pages.failed)} pages failed")
    return reported and not pages.failed and peak <= MEMORY_PROMISE_GIB


async def _report(session: aiohttp.ClientSession, address: str) -> bool:
    """Whether the weekly report was made in time."""
    begun = time.perf_counter()
    async with session.post(address, json={"kind": "weekly"}, headers=_HEADERS) as answer:
        said, status = await answer.json(), answer.status
    took_s = time.perf_counter() - begun
    print(f"weekly report: {status} in {took_s:.1f} s (promised {REPORT_PROMISE_S:.0f})")
    print(said.get("summary", said))
    return status == 201 and took_s <= REPORT_PROMISE_S


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", type=Path, required=True, help="a folder that bench.history made")
    parser.add_argument("--times", type=int, default=20, help="questions per page")
    given = parser.parse_args()
    raise SystemExit(0 if asyncio.run(measure(given.history, given.times)) else 1)


if __name__ == "__main__":
    main()
