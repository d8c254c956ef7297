"""Bad keys, ended certificates, mismatched pairs, wrong app ids: the admin API and the doctor name them and the fix."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payswitch.entry.cli.app import app as command_line
from payswitch.kit.secrets import fingerprint
from tests.admin.conftest import world
from tests.admin.mistakes import LOCAL, REFUSED, Mistake, named
from tests.admin.support import CHANNELS, PRODUCTS, SHOP_KEY, AtRest, Desk, account_of
from tests.sandbox.support import RunningSandbox


@pytest.mark.parametrize("mistake", LOCAL, ids=named)
async def test_the_admin_api_names_it_and_stores_nothing(desk: Desk, sandbox: RunningSandbox, mistake: Mistake) -> None:
    heard = await desk.create(mistake.account_id, mistake.connector, account=mistake.account(sandbox))

    assert heard.status == 400
    told = [error["message"] for error in heard.json["errors"] if error["field"] == mistake.field]
    assert any(mistake.says in message for message in told), heard.json["errors"]
    assert (await desk.operator.get(CHANNELS)).json["data"] == []
    assert (await desk.create(mistake.account_id, mistake.connector)).status == 201, "the id is free"


@pytest.mark.parametrize("mistake", LOCAL, ids=named)
async def test_keys_are_not_rotated_to_bad_ones(desk: Desk, sandbox: RunningSandbox, mistake: Mistake) -> None:
    await desk.create(mistake.account_id, mistake.connector)

    body = {"revision": 1, "account": mistake.account(sandbox)}
    heard = await desk.operator.post(f"{CHANNELS}/{mistake.account_id}/rotate", body)

    assert heard.status == 400
    assert mistake.field in heard.fields
    assert (await desk.show(mistake.account_id))["version"] == 1


@pytest.mark.parametrize("mistake", REFUSED, ids=named)
async def test_what_only_the_channel_knows_comes_out_in_check_and_test(
    desk: Desk, sandbox: RunningSandbox, mistake: Mistake
) -> None:
    made = await desk.create(mistake.account_id, mistake.connector, account=mistake.account(sandbox))
    assert made.status == 201, "nothing to see from here"

    checked = (await desk.operator.post(f"{CHANNELS}/{mistake.account_id}/check", {"orders": True})).json
    tested = (await desk.operator.post(f"{CHANNELS}/{mistake.account_id}/tests", {})).json

    problems = [one for one in checked["findings"] if one["severity"] == "problem"]
    assert not checked["healthy"]
    assert any(mistake.says in one["what"] for one in problems), checked
    assert all(one["fix"] for one in problems)
    assert (tested["state"], tested["credential"]) == ("refused", None)
    assert any("app id" in one["fix"] for one in problems)
    assert "app id" in tested["finding"]["fix"]
    assert await sandbox.ledger() == []


@pytest.mark.parametrize("account_id", ["w", "a", "u"])
async def test_a_good_channel_passes(desk: Desk, sandbox: RunningSandbox, account_id: str) -> None:
    connector = {"w": "wechatpay", "a": "alipay", "u": "unionpay"}[account_id]
    await desk.create(account_id, connector)

    checked = (await desk.operator.post(f"{CHANNELS}/{account_id}/check", {"orders": True})).json

    assert checked["healthy"], checked


def configuration(folder: Path, mistake: Mistake, account: dict[str, str]) -> Path:
    """A `payswitch.toml` that declares the channel, its keys in the file."""
    path = folder / "payswitch.toml"
    entries = "\n".join(f"{key} = {json.dumps(value)}" for key, value in account.items())
    path.write_text(
        f"""
[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
api_key_sha256 = "{fingerprint(SHOP_KEY)}"
[[channels]]
channel_id = "{mistake.account_id}"
merchant_id = "m-1"
connector = "{mistake.connector}"
name = "渠道"
products = {json.dumps(PRODUCTS[mistake.connector])}
upstream = "x"
[channels.account]
{entries}
""",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("mistake", LOCAL, ids=named)
def test_the_doctor_names_it_in_the_file(tmp_path: Path, mistake: Mistake) -> None:
    path = configuration(tmp_path, mistake, mistake.account(AtRest(world())))

    done = CliRunner().invoke(command_line, ["doctor", "--config", str(path), "--offline"], env={"COLUMNS": "400"})

    assert done.exit_code == 1, done.output
    assert mistake.says in done.output
    assert "→" in done.output


async def doctor(*arguments: str) -> tuple[int, str]:
    """As a process: the command runs an event loop of its own, while the sandbox answers in this one."""
    command = [sys.executable, "-m", "payswitch", "doctor", *arguments]
    environment = {**os.environ, "COLUMNS": "400"}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.parametrize("mistake", REFUSED, ids=named)
async def test_the_doctor_asks_the_channel(sandbox: RunningSandbox, tmp_path: Path, mistake: Mistake) -> None:
    path = configuration(tmp_path, mistake, mistake.account(sandbox))

    status, output = await doctor("--config", str(path), "--orders")

    assert status == 1, output
    assert mistake.says in output
    assert "app id" in output


async def test_the_doctor_is_content_with_a_good_file(sandbox: RunningSandbox, tmp_path: Path) -> None:
    good = LOCAL[0]
    path = configuration(tmp_path, good, account_of(sandbox, good.account_id))

    status, output = await doctor("--config", str(path), "--orders")

    assert status == 0, output
