"""A developer's first afternoon: start a sandbox, serve its configuration, create a payment, pay it by hand."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from payswitch.domain.payment import PaymentState
from payswitch.drill.client import Http, SandboxApi, SwitchApi
from payswitch.drill.ports import free_port
from payswitch.drill.views import PaymentView
from payswitch.kit.clock import SystemClock
from tests.scenarios.support import COMMAND, processes_of

pytestmark = pytest.mark.slow
CLOCK = SystemClock()


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


async def until_up(api: SwitchApi | SandboxApi, process: subprocess.Popen[str]) -> None:
    for _ in range(800):
        if await api.healthy():
            return
        assert process.poll() is None, process.communicate()[0]
        await CLOCK.sleep(0.05)
    raise AssertionError("not up in time")


async def test_sandbox_and_serve_fit_together(tmp_path: Path) -> None:
    folder, port, sandbox_port = tmp_path / "sandbox", free_port(), free_port()
    service_url, sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
    ports = ("--port", str(sandbox_port), "--service-port", str(port))
    with running("sandbox", "--data", str(folder), *ports) as sandbox:
        async with Http(sandbox_url, CLOCK) as http:
            wallets = SandboxApi(http)
            await until_up(wallets, sandbox)
            key = (folder / "shop-api-key.txt").read_text("ascii").strip()
            with running("serve", "--config", str(folder / "payswitch.toml")) as service:
                async with Http(service_url, CLOCK, headers={"Authorization": f"Bearer {key}"}) as shop_http:
                    shop = SwitchApi(shop_http)
                    await until_up(shop, service)
                    await create_and_pay(shop, wallets)
                service.send_signal(signal.SIGINT)
                assert service.wait(20) == 0, service.communicate()[0]
        sandbox.send_signal(signal.SIGTERM)
        assert sandbox.wait(20) == 0, sandbox.communicate()[0]
    assert processes_of(tmp_path) == []


async def create_and_pay(shop: SwitchApi, wallets: SandboxApi) -> None:
    order = {"out_trade_no": "A1", "amount_fen": 8_800, "subject": "tea", "environment": "desktop"}
    answer = await shop.create(order)
    assert answer.status == 201, answer.body
    made = answer.read(PaymentView)
    assert made.credential is not None
    wallet = await wallets.pay(made.credential, made.credential.method, "somebody", enough=True)
    assert wallet is not None
    assert wallet.result == "paid"
    for _ in range(200):
        seen = await shop.payment(made.payment_id)
        if seen is not None and seen.state is PaymentState.SUCCEEDED:
            return
        await CLOCK.sleep(0.05)
    raise AssertionError("the payment did not succeed")


async def test_serve_says_that_the_port_is_taken(tmp_path: Path) -> None:
    folder, port = tmp_path / "sandbox", free_port()
    with running("sandbox", "--data", str(folder), "--port", str(port), "--service-port", str(port)) as sandbox:
        # It tells how to go on before it listens: only when it answers is the port surely taken.
        async with Http(f"http://127.0.0.1:{port}", CLOCK) as http:
            await until_up(SandboxApi(http), sandbox)
        done = await asyncio.to_thread(
            subprocess.run,
            [*COMMAND, "serve", "--config", str(folder / "payswitch.toml")],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 3
    assert "--port" in done.stderr
