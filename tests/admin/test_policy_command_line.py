"""An operator at a shell: a policy from a file, checked, compared, simulated, put in force, taken back; and why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from payswitch.entry.cli.app import app as command_line
from tests.admin.support import CHANNELS, OPERATOR_KEY, SHOP_KEY, Desk, a_desk, account_of
from tests.sandbox.support import RunningSandbox

ORDER = {"out_trade_no": "tea-1", "amount_fen": 12_900, "subject": "明前龙井", "environment": "desktop"}
AVOID = {
    "version": "mine",
    "split": {"best": 100, "warm": 0, "explore": 0},
    "rules": [{"name": "not-w", "when": {"min_fen": 100}, "then": {"avoid": {"channels": ["w"]}}}],
}


async def run(desk: Desk, *arguments: str, operator: bool = True) -> tuple[int, str]:
    """One command against the running service, as in a shell."""
    key = {"PAYSWITCH_OPERATOR_KEY": OPERATOR_KEY} if operator else {"PAYSWITCH_API_KEY": SHOP_KEY}
    environment = {"COLUMNS": "300", "PAYSWITCH_URL": desk.url, "PAYSWITCH_OPERATOR_KEY": "", **key}
    done = await asyncio.to_thread(CliRunner().invoke, command_line, list(arguments), env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def written(path: Path, document: object) -> str:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return str(path)


async def test_from_a_file_to_customers_and_back(desk: Desk, tmp_path: Path) -> None:
    for account in ("w", "w2"):
        await desk.create(account, "wechatpay")
        await desk.operator.post(f"{CHANNELS}/{account}/enable")
    policy = written(tmp_path / "policy.yaml", AVOID)
    tea = written(tmp_path / "tea.yaml", {"without_rules": ["not-w"]})
    made = (await desk.shop.post("/v1/payments", ORDER)).json
    for command, word in (
        (("list",), "the configured one decides"),
        (("check", policy, "--url", desk.url), "no mistakes"),
        (("draft", policy, "--note", "双十一"), "m-1@1  draft"),
        (("diff", "m-1@1"), "rules.not-w.when.min_fen"),
        (("simulate", "m-1@1", "--days", "1"), "cannot be estimated"),
        (("activate", "m-1@1", "--note", "上线"), "active"),
        (("draft", tea, "--shop", "tea"), "m-1/tea@1"),
        (("activate", "m-1/tea@1"), "active"),
        (("show", "m-1/tea@1"), "without_rules"),
        (("show", "m-1/tea@1", "--whole"), "version: m-1@1+tea@1"),
        (("rollback", "--shop", "tea"), "m-1@1"),
        (("rollback", "--note", "成功率下降"), "default-1"),
        (("list",), "rollback"),
    ):
        status, output = await run(desk, "policy", *command)
        if command[0] == "list" and word == "rollback":
            assert "superseded" in output
            continue
        assert (status, word in output) == (0, True), (command, output)

    for operator in (True, False):
        status, output = await run(desk, "explain", made["payment_id"], operator=operator)
        assert status == 0, output
        assert f"首选 {made['credential']['channel_id']} / wechat_native" in output
        assert "default-1" in output


async def test_refusals_are_told_in_the_services_own_words(desk: Desk, tmp_path: Path) -> None:
    await desk.create("w", "wechatpay")
    wrong = written(tmp_path / "wrong.yaml", {"split": {"best": 90}, "rules": [{"name": "r", "when": {}, "then": {}}]})
    right = written(tmp_path / "right.yaml", AVOID)
    await run(desk, "policy", "draft", right)
    for arguments, words in (
        (("policy", "draft", wrong), "split: best + warm + explore is 120"),
        (("policy", "draft", wrong), "rules[0].then: does nothing"),
        (("policy", "activate", "m-1@7"), "no policy version m-1@7"),
        (("policy", "activate", "m-1@1", "--revision", "5"), "Somebody else has changed"),
        (("policy", "rollback"), "nothing earlier"),
        (("policy", "draft", str(tmp_path / "none.yaml")), "cannot read"),
        (("explain", "pay_nothing"), "no payment pay_nothing"),
        (("explain", "../x"), "not a payment's id"),
    ):
        status, output = await run(desk, *arguments)
        assert (status, words in output) == (2, True), output


@pytest.mark.parametrize(
    ("document", "shop", "words"),
    [
        (AVOID | {"rules": []}, None, None),
        (AVOID, None, "unknown channel `w`; known: `wechat-main`"),
        ({"split": {"best": 80, "warm": 10}}, "tea", None),
        ({"triggers": {}}, "tea", "move it into the merchant's document"),
        ({}, "coffee", "there is no shop coffee"),
    ],
)
def test_checked_offline_against_a_configuration(
    tmp_path: Path, document: dict[str, object], shop: str | None, words: str | None
) -> None:
    config = tmp_path / "payswitch.toml"
    config.write_text(CONFIGURATION, encoding="utf-8")
    arguments = ["policy", "check", written(tmp_path / "p.yaml", document), "--config", str(config)]
    done = CliRunner().invoke(command_line, [*arguments, *(["--shop", shop] if shop else [])], env={"COLUMNS": "300"})
    assert (done.exit_code, (words or "no mistakes") in done.output) == (2 if words else 0, True), done.output


def test_checked_alone(tmp_path: Path) -> None:
    right = CliRunner().invoke(command_line, ["policy", "check", written(tmp_path / "p.json", AVOID)])
    assert (right.exit_code, "no mistakes" in right.output) == (0, True), right.output
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    bad = CliRunner().invoke(command_line, ["policy", "check", str(tmp_path / "bad.yaml")])
    assert (bad.exit_code, "not readable as YAML" in bad.output) == (2, True), bad.output


async def test_a_restart_of_the_whole_service_finds_the_policy_in_force(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    declared = {"w": account_of(sandbox, "w"), "w2": account_of(sandbox, "w2")}
    policy = written(tmp_path / "policy.yaml", AVOID)
    async with a_desk(sandbox, tmp_path, declared=declared) as desk:
        assert (await desk.shop.post("/v1/payments", ORDER)).json["credential"]["channel_id"] in ("w", "w2")
        await run(desk, "policy", "draft", policy)
        await run(desk, "policy", "activate", "m-1@1")
    async with a_desk(sandbox, tmp_path, declared=declared) as desk:
        made = (await desk.shop.post("/v1/payments", {**ORDER, "out_trade_no": "tea-2"})).json
        assert made["credential"]["channel_id"] == "w2"
        shown = (await desk.shop.get(f"/v1/payments/{made['payment_id']}")).json
        assert shown["decisions"][0]["policy_version"] == "m-1@1"


CONFIGURATION = """
[service]
port = 8080

[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
api_key_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"

[[channels]]
channel_id = "wechat-main"
merchant_id = "m-1"
connector = "wechatpay"
name = "微信"
products = ["wechat_native"]
upstream = "wechat"
account = {}
"""
