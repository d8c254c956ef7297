"""Create-payment: throughput, latency and CPU of PaySwitch beside a conventional build, interleaved in one run.

    make bench                       # or: python -m bench.create_payment --rounds 5 --seconds 4
    make bench ARGS="--database postgresql://postgres@127.0.0.1/postgres"

Four processes: this load generator, a stub channel, PaySwitch (`payswitch serve`, SQLite) and the conventional build
(bench/baseline/service.py). Rounds alternate between the two builds, so that a noisy neighbour hits both alike. Both
sign every request with RSA-2048, call the stub over HTTP, verify its signature, and commit twice with
synchronous=FULL. Nobody pays here, so PaySwitch's queries for unpaid payments, which the conventional build does not
have, are put off to after the measurement. With `--database` a fifth process takes part: PaySwitch on PostgreSQL, in a
database that is made on that server and dropped afterwards. Compare the ratio, not the absolute figures: machines
differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.processes import Child, free_port
from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.kit.secrets import fingerprint
from payswitch.storage.postgres.scratch import create_scratch, drop_scratch

API_KEY = "bench-key-not-a-secret"
POSTGRES = "on PostgreSQL"
CONFIG_TOML = """
[service]
port = {port}
database = {database}
log_level = "warning"
allow_private_networks = true

[timings]
query_gaps_s = [3600.0]

[[shops]]
shop_id = "shop-1"
merchant_id = "m-1"
name = "bench"
webhook_secret = "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gt"
api_key_sha256 = "{key}"

[[channels]]
channel_id = "wechat-main"
merchant_id = "m-1"
connector = "wechatpay"
name = "bench"
products = ["wechat_native"]
upstream = "wechat"
[channels.account]
"""


@dataclass
class Side:
    """One build and what was measured of it."""

    name: str
    child: Child
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    failures: int = 0


def prepare(folder: Path) -> dict[str, object]:
    """Keys and one account that both builds use."""
    merchant, platform = generate_private_pem(), generate_private_pem()
    stub_port = free_port()
    account = {
        "base_url": f"http://127.0.0.1:{stub_port}",
        "appid": "wx0000000000000001",
        "mchid": "1900000001",
        "merchant_serial_no": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
        "merchant_private_key": merchant,
        "api_v3_key": "b" * 32,
        "wechatpay_public_key_id": "PUB_KEY_ID_0000000000000000000000000001",
        "wechatpay_public_key": SigningKey(platform).public_pem,
    }
    return {
        "account": account,
        "stub_port": stub_port,
        "stub_private_key": platform,
        "api_key_sha256": fingerprint(API_KEY),
        "database": str(folder / "baseline.sqlite"),
    }


def service(name: str, folder: Path, config: dict[str, object], database: str, env: dict[str, str]) -> Side:
    """PaySwitch on this database."""
    port = free_port()
    toml = folder / f"{name}.toml"
    account = config["account"]
    assert isinstance(account, dict)
    lines = [f"{key} = {json.dumps(value)}" for key, value in account.items()]
    head = CONFIG_TOML.format(port=port, key=config["api_key_sha256"], database=json.dumps(database))
    toml.write_text(head + "\n".join(lines), encoding="utf-8")
    child = Child(name, ["-m", "payswitch", "serve", "--config", str(toml)], port, folder / f"{name}.log", env)
    return Side(name, child)


def start(folder: Path, postgres: str | None) -> tuple[Child, list[Side]]:
    config = prepare(folder)
    path = folder / "bench.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    env = {"BENCH_CONFIG": str(path)}
    stub = Child(
        "stub channel", ["-m", "bench.stub_channel", str(path)], int(str(config["stub_port"])), folder / "stub.log", env
    )
    theirs = free_port()
    sides = [
        service("PaySwitch", folder, config, "payswitch.sqlite", env),
        Side(
            "conventional",
            Child(
                "conventional",
                ["-m", "uvicorn", "bench.baseline.service:app", "--port", str(theirs), "--no-access-log"],
                theirs,
                folder / "theirs.log",
                env,
            ),
        ),
    ]
    if postgres is not None:
        sides.append(service(POSTGRES, folder, config, postgres, env))
    for child in (stub, *(side.child for side in sides)):
        child.wait_until_listening()
    return stub, sides


async def drive(side: Side, *, label: str, seconds: float, concurrency: int, record: bool) -> None:
    """`concurrency` shops create one payment after another for `seconds`."""
    url = f"http://127.0.0.1:{side.child.port}/v1/payments"
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    until = time.perf_counter() + seconds
    latencies: list[float] = []
    failures = 0

    async def shop(number: int, session: aiohttp.ClientSession) -> None:
        nonlocal failures
        count = 0
        while time.perf_counter() < until:
            count += 1
            body = json.dumps(
                {
                    "out_trade_no": f"B{label}-{number}-{count}",
                    "amount_fen": 12_900,
                    "subject": "双十一爆款 × 1",
                    "environment": "desktop",
                    "metadata": {"order": "1"},
                }
            )
            begun = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                await response.read()
                failures += response.status != 201
            latencies.append((time.perf_counter() - begun) * 1_000)

    cpu, begun = side.child.cpu_s(), time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=concurrency)) as session:
        await asyncio.gather(*(shop(number, session) for number in range(concurrency)))
    elapsed = time.perf_counter() - begun
    if record:
        done = len(latencies)
        side.rates.append(done / elapsed)
        side.cpu_us.append((side.child.cpu_s() - cpu) / max(done, 1) * 1e6)
        side.latencies_ms += latencies
        side.failures += failures


async def decisions_us(side: Side, count: int = 500) -> list[int]:
    """How long the routing decisions of recent payments took, as PaySwitch recorded them."""
    base = f"http://127.0.0.1:{side.child.port}/v1/payments"
    headers = {"Authorization": f"Bearer {API_KEY}"}
    found: list[int] = []
    async with aiohttp.ClientSession(headers=headers) as session:
        before = ""
        while len(found) < count:
            async with session.get(f"{base}?limit=100{before}") as response:
                page = await response.json()
            for payment in page["data"]:
                async with session.get(f"{base}/{payment['payment_id']}") as response:
                    found += [d["duration_us"] for d in (await response.json())["decisions"]]
            if page["next"] is None:
                break
            before = f"&before={page['next']}"
    return found


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(sides: list[Side], decisions: list[int]) -> dict[str, object]:
    """Print the table and the ratio; give the same as data."""
    result: dict[str, object] = {}
    print(f"\n{'build':<14}{'payments/s':>12}{'CPU us/payment':>16}{'p50 ms':>9}{'p99 ms':>9}{'failures':>10}")
    for side in sides:
        row = {
            "payments_per_s": round(statistics.median(side.rates), 1),
            "cpu_us": round(statistics.median(side.cpu_us)),
            "p50_ms": round(percentile(side.latencies_ms, 0.5), 1),
            "p99_ms": round(percentile(side.latencies_ms, 0.99), 1),
            "failures": side.failures,
        }
        result[side.name] = row
        print(
            f"{side.name:<14}{row['payments_per_s']:>12}{row['cpu_us']:>16}{row['p50_ms']:>9}{row['p99_ms']:>9}"
            f"{row['failures']:>10}"
        )
    result["ratio"] = ratio(sides[0], sides[1])
    floats = [float(value) for value in decisions]
    result["decision_us"] = {"p50": percentile(floats, 0.5), "p99": percentile(floats, 0.99)}
    print(
        f"\nratio (median of {len(sides[0].rates)} rounds): {result['ratio']}x   "
        f"routing decision p50 {percentile(floats, 0.5):.0f} us, p99 {percentile(floats, 0.99):.0f} us"
    )
    if len(sides) > 2:
        result["sqlite_to_postgres"] = ratio(sides[0], sides[2])
        print(f"SQLite : PostgreSQL = {result['sqlite_to_postgres']} : 1 (the server's own CPU not counted)")
    return result


def ratio(ours: Side, theirs: Side) -> float:
    """How many payments of the one for one of the other: the median of the rounds, which were driven in turn."""
    return round(statistics.median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True)), 2)


async def run(arguments: argparse.Namespace) -> dict[str, object]:
    async with scratch(arguments.database) as postgres:
        return await run_on(arguments, postgres)


@asynccontextmanager
async def scratch(server: str | None) -> AsyncIterator[str | None]:
    """An empty database on that server, dropped afterwards."""
    if server is None:
        yield None
        return
    address = await create_scratch(server)
    try:
        yield address
    finally:
        await drop_scratch(server, address)


async def run_on(arguments: argparse.Namespace, postgres: str | None) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="payswitch-bench-") as name:
        stub, sides = await asyncio.to_thread(start, Path(name), postgres)
        try:
            for side in sides:
                await drive(side, label="w", seconds=1.5, concurrency=arguments.concurrency, record=False)
            for number in range(arguments.rounds):
                print(f"round {number + 1} of {arguments.rounds} ...", flush=True)
                for side in sides:
                    await drive(
                        side,
                        label=str(number),
                        seconds=arguments.seconds,
                        concurrency=arguments.concurrency,
                        record=True,
                    )
            return report(sides, await decisions_us(sides[0]))
        finally:
            for child in (stub, *(side.child for side in sides)):
                await asyncio.to_thread(child.stop)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds per build (default 5)")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds per round (default 4)")
    parser.add_argument("--concurrency", type=int, default=64, help="shops at once (default 64: a surge)")
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server: measures PaySwitch on it, too")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    result = asyncio.run(run(arguments))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
