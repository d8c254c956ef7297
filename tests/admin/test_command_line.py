"""An operator at a shell: a channel from a file, tested with a code in the terminal, enabled, changed, retired."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payswitch.domain.channel import Credential
from payswitch.entry.cli.app import app as command_line
from payswitch.kit.sealing import MasterKey, new_master_key
from payswitch.kit.secrets import fingerprint
from tests.admin.support import MASTER_KEY, OPERATOR_KEY, SHOP_KEY, Desk, a_desk, account_of, table
from tests.sandbox.support import RunningSandbox

COLUMNS = {"COLUMNS": "300"}


async def run(desk: Desk, *arguments: str, key: str = OPERATOR_KEY) -> tuple[int, str]:
    """One command against the running service, as in a shell."""
    environment = {**COLUMNS, "PAYSWITCH_URL": desk.url, "PAYSWITCH_OPERATOR_KEY": key}
    done = await asyncio.to_thread(CliRunner().invoke, command_line, ["channels", *arguments], env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def channel_file(folder: Path, sandbox: RunningSandbox, suffix: str = ".toml") -> Path:
    """In exactly the shape of the configuration's table, the private key in a file beside it."""
    made = table(sandbox, "w", "wechatpay")
    account = made.pop("account")
    (folder / "apiclient_key.pem").write_text(account.pop("merchant_private_key"), encoding="utf-8")
    account["merchant_private_key_file"] = "apiclient_key.pem"
    path = folder / f"wechat{suffix}"
    if suffix == ".yaml":
        path.write_text(json.dumps({"channels": [{**made, "account": account}]}), encoding="utf-8")
        return path
    lines = ["[[channels]]", *(f"{name} = {json.dumps(value)}" for name, value in made.items()), "[channels.account]"]
    path.write_text("\n".join([*lines, *(f"{key} = {json.dumps(text)}" for key, text in account.items())]))
    return path


@pytest.mark.parametrize("suffix", [".toml", ".yaml"])
async def test_a_channel_comes_from_a_file(desk: Desk, sandbox: RunningSandbox, tmp_path: Path, suffix: str) -> None:
    status, output = await run(desk, "create", str(channel_file(tmp_path, sandbox, suffix)))

    assert (status, "draft" in output) == (0, True), output
    status, output = await run(desk, "show", "w")
    assert status == 0
    assert "merchant_private_key  private_key" in output
    assert "PRIVATE KEY-----" not in output


async def test_from_a_file_to_customers_and_out_again(desk: Desk, sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = channel_file(tmp_path, sandbox)
    for command, word in (
        (("create", str(path)), "draft"),
        (("enable", "w"), "enabled"),
        (("update", "w", "--set", "fee_bp=38", "--set", "name=主", "--set", "daily_cap_fen=none"), "fee 0.38 %"),
        (("update", "w", "--set", 'maintenance=[{start="23:30", end="00:10"}]'), "revision 4"),
        (("rotate", "w", str(path)), "keys v2"),
        (("check", "w", "--orders"), "no problem"),
        (("list", "--url", desk.url), "enabled"),
        (("disable", "w"), "disabled"),
        (("retire", "w"), "retired"),
    ):
        status, output = await run(desk, *command)
        assert (status, word in output) == (0, True), output
    status, output = await run(desk, "audit", "w")
    actions = [line.split("  ")[2] for line in output.splitlines()]
    assert actions == ["retire", "disable", "check", "rotate", "update", "update", "enable", "create"]


async def shown(desk: Desk, channel_order_no: str) -> Credential | None:
    file = await desk.app.store.file_by_order_no("w", channel_order_no)
    return file.attempts[0].credential if file else None


async def test_a_penny_from_the_terminal(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.create("w", "wechatpay")
    testing = asyncio.create_task(run(desk, "test", "w", "--wait", "30"))
    async with asyncio.timeout(20):
        while not (made := await sandbox.ledger()):  # noqa: ASYNC110 - the ledger is in the sandbox
            await asyncio.sleep(0.05)
    number = str(made[0]["channel_order_no"])
    async with asyncio.timeout(20):
        while (credential := await shown(desk, number)) is None:  # noqa: ASYNC110 - it is in the store
            await asyncio.sleep(0.01)
    await sandbox.pay(credential.content)

    status, output = await testing

    assert status == 0, output
    assert credential.content in output
    assert re.search("[█▀▄]", output), "a code to scan"
    assert "paid and returned" in output


async def test_a_test_that_the_channel_refuses_says_why(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.create("w", "wechatpay", account=account_of(sandbox, "w", appid="wx0000000000000000"))

    status, output = await run(desk, "test", "w")

    assert status == 1
    assert "APPID_MCHID_NOT_MATCH" in output
    assert "app id" in output


async def test_refusals_are_told_in_the_services_own_words(desk: Desk, sandbox: RunningSandbox, tmp_path: Path) -> None:
    await desk.create("w", "wechatpay")
    for arguments, words in (
        (("create", str(channel_file(tmp_path, sandbox))), "channel_id: is used already"),
        (("retire", "nobody"), "no channel nobody"),
        (("update", "w", "--set", "fee_bp=-1"), "fee_bp: must be between 0 and 10000"),
        (("update", "w", "--set", "fee=1"), "fee: is not known here"),
        (("update", "w", "--set", "tier=2", "--revision", "7"), "Somebody else has changed"),
        (("update", "w", "--set", "tier"), "name=value"),
        (("create", str(tmp_path / "nothing.toml")), "cannot read"),
    ):
        status, output = await run(desk, *arguments)
        assert (status, words in output) == (2, True), output
    status, output = await run(desk, "show", "w", key=SHOP_KEY)
    assert (status, "API key" in output) == (2, True)


async def test_a_service_that_is_not_there(desk: Desk) -> None:
    status, output = await run(desk, "show", "w", "--url", "http://127.0.0.1:1")
    assert (status, "does not answer" in output) == (3, True), output


async def test_the_doctor_looks_into_the_running_service(desk: Desk, sandbox: RunningSandbox, tmp_path: Path) -> None:
    await desk.create("w", "wechatpay", account=account_of(sandbox, "w", mchid="1900000999"))
    environment = {**COLUMNS, "PAYSWITCH_OPERATOR_KEY": OPERATOR_KEY}
    arguments = ["doctor", "--url", desk.url, "--config", str(tmp_path / "none.toml")]

    done = await asyncio.to_thread(CliRunner().invoke, command_line, arguments, env=environment)

    assert done.exit_code == 1, done.output
    assert "refuses our configuration" in done.output
    assert "check merchant id" in done.output


def test_a_new_master_key_is_all_that_is_printed() -> None:
    first, second = (CliRunner().invoke(command_line, ["master-key"]).output for _ in range(2))

    assert first.count("\n") == 1
    assert MasterKey(first).key_id != MasterKey(second).key_id


NEWER = new_master_key()


async def test_the_master_key_is_changed_with_the_service_stopped(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with a_desk(sandbox, tmp_path) as desk:
        await desk.create("w", "wechatpay")
        await desk.create("a", "alipay")
    config = tmp_path / "payswitch.toml"
    config.write_text(
        f"""
[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
api_key_sha256 = "{fingerprint(SHOP_KEY)}"
[[operators]]
operator_id = "op-lin"
name = "林"
merchant_ids = ["m-1"]
api_key_sha256 = "{fingerprint(OPERATOR_KEY)}"
""",
        encoding="utf-8",
    )

    status, output = await reencrypt(config, f"{NEWER} {MASTER_KEY}")

    assert (status, "2 versions" in output) == (0, True), output
    assert (await reencrypt(config, f"{NEWER} {MASTER_KEY}"))[1].startswith("0 versions"), "done once"
    async with a_desk(sandbox, tmp_path, master_key=NEWER) as desk:
        shown = await desk.show("w")
        assert shown["credentials"][0]["master_key_id"] == MasterKey(NEWER).key_id
        status, output = await reencrypt(config, f"{new_master_key()} {NEWER}")
        assert (status, "stop the service" in output) == (3, True), output


async def reencrypt(config: Path, keys: str) -> tuple[int, str]:
    """As a process: it runs an event loop of its own."""

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "payswitch", "master-key", "--reencrypt", "--config", str(config)),
        env={**os.environ, "PAYSWITCH_MASTER_KEY": keys},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()
