"""The checkout's first view on a throttled phone: bytes over the line, and how long until it can be used.

`python -m bench.checkout_page [--runs 7]` starts a service with a sandbox on loopback and opens the page in Chromium,
each time in a fresh profile, with a CPU 4 times slower and a slow 4G line (150 ms round trip, 1.6 Mbit/s down, 0.75 up:
the figures of Lighthouse's mobile profile). Medians. A noisy machine makes it slower, never faster.

- *seen*: first contentful paint;
- *usable*: the page is read to its end; its buttons are forms, which need no script;
- *alive*: the script has taken over.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec
from playwright.async_api import Browser

from payswitch.drill.chromium import a_browser
from payswitch.drill.processes import free_port
from payswitch.drill.stage import Stage, StagePlan
from payswitch.drill.station import prepare
from payswitch.drill.views import PaymentView
from payswitch.kit.clock import SystemClock

CPU_RATE: Final = 4
SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600 * 1_000 / 8,
    "uploadThroughput": 750 * 1_000 / 8,
}
CHANNELS: Final = ("wechat-main", "alipay-main", "unionpay-main")
PHONE: Final = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
_WATCH: Final = """
  new MutationObserver(() => { if (document.documentElement.dataset.ready) window.aliveAt ??= performance.now(); })
    .observe(document, { attributes: true, subtree: true, childList: true });
"""
_TIMES: Final = """() => ({
  seen: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  usable: performance.getEntriesByType("navigation")[0].domInteractive,
  alive: window.aliveAt,
})"""


class Run(msgspec.Struct, frozen=True):
    """One opening of the page. Times in milliseconds from the click."""

    seen_ms: float
    usable_ms: float
    alive_ms: float
    requests: int
    transferred_bytes: int
    """Encoded bodies and headers, as they came over the line, until the page was alive."""


async def open_page(browser: Browser, address: str) -> Run:
    context = await browser.new_context(
        user_agent=PHONE, viewport={"width": 390, "height": 844}, device_scale_factor=3, is_mobile=True, locale="zh-CN"
    )
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    line = await context.new_cdp_session(page)
    sizes: dict[str, int] = {}
    streams: set[str] = set()

    def begun(event: dict[str, Any]) -> None:
        if event["request"]["url"].endswith("/events"):
            streams.add(event["requestId"])

    def ended(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    line.on("Network.requestWillBeSent", begun)
    line.on("Network.loadingFinished", ended)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", dict(SLOW_4G))
    await line.send("Emulation.setCPUThrottlingRate", {"rate": CPU_RATE})
    await page.goto(address)
    await page.wait_for_function("window.aliveAt")
    times = await page.evaluate(_TIMES)
    loaded = [size for request, size in sizes.items() if request not in streams]
    await context.close()
    return Run(times["seen"], times["usable"], times["alive"], len(loaded), sum(loaded))


async def measure(folder: Path, runs: int) -> list[Run]:
    sandbox_url = f"http://127.0.0.1:{free_port()}"
    plan = StagePlan(
        station=prepare(folder, sandbox_url),
        service_url=f"http://127.0.0.1:{free_port()}",
        sandbox_url=sandbox_url,
        channels=CHANNELS,
    )
    found = []
    async with Stage(plan, SystemClock()) as stage, a_browser() as browser:
        for number in range(runs + 1):
            order = {"out_trade_no": f"bench-{number}", "amount_fen": 12_900, "subject": "明前龙井 250 g"}
            made = (await stage.switch.create(order)).read(PaymentView)
            found.append(await open_page(browser, made.checkout_url))
    return found[1:]  # the first one starts the browser's own processes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    with tempfile.TemporaryDirectory() as folder:
        runs = asyncio.run(measure(Path(folder), parser.parse_args().runs))
    print(f"{len(runs)} runs, CPU / {CPU_RATE}, 150 ms round trip, 1.6 Mbit/s; medians (worst)")
    for name in ("seen_ms", "usable_ms", "alive_ms"):
        values = [getattr(run, name) for run in runs]
        print(f"  {name:<18} {statistics.median(values):6.0f} ({max(values):.0f})")
    print(f"  {'transferred_bytes':<18} {max(run.transferred_bytes for run in runs):6d} in {runs[0].requests} requests")


if __name__ == "__main__":
    main()
