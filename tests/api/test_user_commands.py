"""`payswitch user ...`: on the database, also beside the service that works with it."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from payswitch.app import App, build
from payswitch.entry.cli.app import app as commands
from payswitch.kit.clock import SystemClock
from tests.admin.support import settings_for
from tests.api.people import OWN_PAGE, PASSWORD, SESSION
from tests.api.support import Web
from tests.scenarios.support import COMMAND

CONFIG = """
[service]
database = "payswitch.sqlite"
port = 8080

[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
api_key_sha256 = "{key}"

[[operators]]
operator_id = "op-lin"
name = "林"
merchant_ids = ["m-1", "m-2"]
api_key_sha256 = "{other}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "payswitch.toml").write_text(CONFIG.format(key="a" * 64, other="b" * 64), "utf-8")
    return tmp_path


@pytest.fixture
async def service(folder: Path) -> AsyncIterator[App]:
    """It works with the same file."""
    app = build(settings_for(folder, 8080, {}, None), clock=SystemClock())
    await app.start()
    yield app
    await app.stop()


def run(folder: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(commands, ["user", *arguments, "--config", str(folder / "payswitch.toml")], input=given)


def test_the_first_owner_is_made_before_the_first_start(folder: Path) -> None:
    made = run(folder, "add", "lin", "--role", "owner", "--name", "林")

    assert made.exit_code == 0, made.output
    assert re.search(r"http://127\.0\.0\.1:8080/console/sign-in#link=[\w-]{32}", made.output)
    listed = run(folder, "list").output
    assert "lin" in listed
    assert "m-1, m-2" in listed
    assert "no password yet" in listed
    again = run(folder, "add", "lin", "--role", "owner")
    assert again.exit_code == 2
    assert "taken" in again.output


async def begun(service: App, body: str) -> int:
    web = Web(service.asgi)
    heard = await web.send("POST", SESSION, body.encode(), headers={"content-type": "application/json", **OWN_PAGE})
    return heard.status


async def beside(folder: Path, *arguments: str, given: str = "") -> tuple[int, str]:
    """A process of its own, as an operator's shell starts one: its exit status and what it printed."""
    place = str(folder / "payswitch.toml")
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "user", *arguments, "--config", place, stdin=PIPE, stdout=PIPE
    )
    printed, _ = await process.communicate(given.encode())
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_all_of_it_works_beside_the_service(folder: Path, service: App) -> None:
    async def command(*arguments: str, given: str = "") -> tuple[int, str]:
        return await beside(folder, *arguments, given=given)

    assert (await command("add", "wu", "--role", "finance", "--merchant", "m-1"))[0] == 0
    link = (await command("link", "wu"))[1].strip().rpartition("#link=")[2]
    assert await begun(service, f'{{"link": "{link}"}}') == 201
    assert await begun(service, f'{{"link": "{link}"}}') == 401, "once"

    assert (await command("password", "wu", given="short\n"))[0] == 2
    assert (await command("password", "wu", given=f"{PASSWORD}\n"))[0] == 0
    by_password = f'{{"user": "wu", "password": "{PASSWORD}"}}'
    assert await begun(service, by_password) == 201
    assert (await command("disable", "wu"))[0] == 0
    assert await begun(service, by_password) == 401
    assert (await command("enable", "wu"))[0] == 0
    assert (await command("totp-reset", "wu"))[0] == 0
    assert await begun(service, by_password) == 201

    entries = await service.store.trail("m-1", kind="user", object_id="wu", limit=20)
    done = [(entry.operator_kind.value, entry.action) for entry in entries if entry.operator_kind.value == "command"]
    assert [action for _, action in done] == ["totp_remove", "enable", "disable", "password", "link", "create"]


def test_what_cannot_be_is_said(folder: Path) -> None:
    run(folder, "add", "lin", "--role", "owner")
    nobody = run(folder, "link", "nobody")
    assert nobody.exit_code == 2
    assert "nobody" in nobody.output
    foreign = run(folder, "add", "wu", "--role", "finance", "--merchant", "m-9")
    assert foreign.exit_code == 2
    assert "merchant_ids" in foreign.output
