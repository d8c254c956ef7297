"""Cards of two banks, from signing up to the refund: the real service, the real connector, the sandbox, over HTTP.

And the canary that counts: nothing of a customer's card, papers, name or phone lies anywhere afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from payswitch.app import App
from payswitch.domain.channel import Product
from payswitch.kit.clock import SystemClock
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.quickpay.accounts import five_banks
from payswitch.sandbox.world import World
from payswitch.settings import Settings
from payswitch.settings.channels import ChannelSettings
from payswitch.settings.service import ServiceSettings
from payswitch.settings.shops import ShopSettings
from tests.sandbox.support import RunningSandbox, running_sandbox
from tests.scenarios.served import Shop, a_service

ICBC, CCB = "6222021111111119876", "6217001111111114321"
ID_NO, NAME, MOBILE = "440524199001011234", "欧阳小红", "13800138000"
OTHER_MOBILE = "13900139000"
AMOUNT_FEN = 25_800

pytestmark = pytest.mark.slow


def settings_for(sandbox: RunningSandbox, folder: Path, port: int) -> Settings:
    """One shop with a channel for each bank."""
    shop = ShopSettings(
        shop_id="tea",
        merchant_id="tea",
        name="云水茶铺",
        webhook_secret="whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        api_key_sha256=fingerprint("key-tea"),
    )
    channels = tuple(
        ChannelSettings(
            channel_id=account.channel_id,
            merchant_id="tea",
            connector="quickpay",
            name=account.name,
            products=frozenset({Product.QUICKPAY_CARD}),
            upstream=account.channel_id,
            account=sandbox.world.account(account.channel_id).connector_account(),
        )
        for account in sandbox.world.accounts
    )
    service = ServiceSettings(port=port, public_url=f"http://127.0.0.1:{port}", log_level="error")
    return Settings(service=service, shops=(shop,), channels=channels, folder=folder)


class Recorder(Shop):
    """The shop's program, which writes down everything it was ever answered."""

    said: list[str]

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        async with self._session.request(method, self._service + path, json=body, headers=self._headers) as answer:
            self.said.append(await answer.text())
            view: dict[str, Any] = await answer.json()
            return answer.status, view

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        status, view = await self.ask(method, path, body)
        assert status < 300, view
        return view


@dataclass
class Evening:
    sandbox: RunningSandbox
    app: App
    shop: Recorder
    folder: Path
    agreement_ids: list[str] = field(default_factory=list)

    async def sms(self, mobile: str) -> str:
        """The customer looks at the phone."""
        address = f"{self.sandbox.base_url}/_sandbox/quickpay/sms"
        async with self.sandbox.session.get(address, params={"mobile": mobile}) as answer:
            inbox: list[dict[str, str]] = (await answer.json())["sms"]
            return inbox[-1]["code"]

    async def sign_up(self, bank: str, card_no: str, mobile: str) -> str:
        form = {"customer_id": "c-77", "bank": bank, "card_no": card_no, "id_no": ID_NO, "name": NAME, "mobile": mobile}
        applied = await self.shop.call("POST", "/v1/agreements", form)
        path = f"/v1/agreements/{applied['agreement_id']}"
        status, wrong = await self.shop.ask("POST", f"{path}/confirm", {"sms_code": "314159"})
        assert (status, wrong["code"], wrong["tries_left"]) == (422, "consent_wrong", 4)
        signed = await self.shop.call("POST", f"{path}/confirm", {"sms_code": await self.sms(mobile)})
        assert (signed["state"], signed["channel_id"]) == ("active", f"quickpay-{bank}")
        self.agreement_ids.append(signed["agreement_id"])
        return str(signed["agreement_id"])

    async def order(self, number: str, **changes: Any) -> dict[str, Any]:
        body = {
            "out_trade_no": number,
            "amount_fen": AMOUNT_FEN,
            "subject": "明前龙井",
            "environment": "mobile",
            "methods": ["quickpay"],
            "customer": {"customer_id": "c-77"},
        }
        return await self.shop.call("POST", "/v1/payments", body | changes)

    async def confirm(self, payment_id: str, code: str) -> tuple[int, dict[str, Any]]:
        return await self.shop.ask("POST", f"/v1/payments/{payment_id}/confirm", {"sms_code": code})


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    world = World(base_url="http://127.0.0.1:1", accounts=five_banks("http://127.0.0.1:1"))
    async with (
        running_sandbox(world, clock=SystemClock()) as sandbox,
        a_service(sandbox, tmp_path, settings_for) as (app, service),
        aiohttp.ClientSession() as session,
    ):
        shop = Recorder(session, service, "tea")
        shop.said = []
        yield Evening(sandbox, app, shop, tmp_path)


async def test_a_signed_card_pays_with_the_code_of_the_sms(evening: Evening) -> None:
    await evening.sign_up("icbc", ICBC, MOBILE)
    made = await evening.order("T-1")
    assert (made["credential"]["kind"], made["credential"]["content"]) == ("sms", "工商银行")
    status, wrong = await evening.confirm(made["payment_id"], "314159")
    assert (status, wrong["code"]) == (422, "consent_wrong")
    status, soon = await evening.shop.ask("POST", f"/v1/payments/{made['payment_id']}/resend-sms")
    assert (status, soon["code"]) == (429, "too_soon")
    status, paid = await evening.confirm(made["payment_id"], await evening.sms(MOBILE))
    assert (status, paid["state"], paid["paid_fen"]) == (200, "succeeded", AMOUNT_FEN)
    back = {"refund_no": "R-1", "amount_fen": 800, "reason": "包装破损"}
    await evening.shop.call("POST", f"/v1/payments/{made['payment_id']}/refunds", back)
    assert (await evening.shop.wait_for(made["payment_id"], "refund"))["refunded_fen"] == 800
    [entry] = await evening.sandbox.ledger()
    assert (entry["state"], entry["amount_fen"]) == ("partly_refunded", AMOUNT_FEN)


async def test_the_chosen_card_is_debited_and_a_sick_bank_is_passed_over(evening: Evening) -> None:
    await evening.sign_up("icbc", ICBC, MOBILE)
    ccb = await evening.sign_up("ccb", CCB, OTHER_MOBILE)
    chosen = await evening.order("T-1", agreement_id=ccb)
    assert chosen["credential"]["channel_id"] == "quickpay-ccb"
    status, paid = await evening.confirm(chosen["payment_id"], await evening.sms(OTHER_MOBILE))
    assert (status, paid["state"]) == (200, "succeeded")
    await evening.sandbox.set_faults(
        {"kind": "error_code", "code": "3999", "message": "银行系统维护中", "product": "quickpay_ccb"}
    )
    for number in range(4):
        made = await evening.order(f"T-sick-{number}")
        assert made["credential"]["channel_id"] == "quickpay-icbc", "the other card"


async def test_without_a_card_there_is_no_quick_pay(evening: Evening) -> None:
    status, refused = await evening.shop.ask(
        "POST",
        "/v1/payments",
        {"out_trade_no": "T-1", "amount_fen": 1, "subject": "茶", "environment": "mobile", "methods": ["quickpay"]},
    )
    assert (status, refused["code"]) == (422, "no_candidate")
    assert {exclusion["reason"] for exclusion in refused["excluded"]} == {"needs_agreement"}


async def test_a_lost_answer_is_found_and_nothing_is_debited_twice(evening: Evening) -> None:
    await evening.sign_up("icbc", ICBC, MOBILE)
    made = await evening.order("T-1")
    await evening.sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["create"]})
    status, view = await evening.confirm(made["payment_id"], await evening.sms(MOBILE))
    assert status == 200
    assert view["confirming"] is not None
    await evening.sandbox.set_faults()
    paid = await evening.shop.wait_for(made["payment_id"], "payment")
    assert paid["paid_fen"] == AMOUNT_FEN
    [entry] = await evening.sandbox.ledger()
    assert (entry["state"], entry["amount_fen"]) == ("paid", AMOUNT_FEN)


async def test_nothing_personal_lies_anywhere(
    evening: Evening, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    agreement_id = await evening.sign_up("icbc", ICBC, MOBILE)
    made = await evening.order("T-1")
    await evening.confirm(made["payment_id"], "314159")
    await evening.confirm(made["payment_id"], await evening.sms(MOBILE))
    await evening.shop.call("GET", "/v1/agreements?customer_id=c-77")
    await evening.shop.call("GET", f"/v1/payments/{made['payment_id']}")
    await evening.shop.call("GET", "/v1/events")
    stored = await evening.app.store.agreement(agreement_id)
    assert stored is not None
    assert stored.agreement_no

    out, err = capfd.readouterr()
    shown = "".join(evening.shop.said) + caplog.text + out + err
    personal = [ICBC, ICBC[:-4], ID_NO, NAME, MOBILE, "314159", "888888"]
    assert not [text for text in (*personal, stored.agreement_no, "thpinfo", "trxsn") if text in shown]
    lying = every_byte(evening.folder)
    assert agreement_id.encode() in lying
    assert not [text for text in personal if text.encode() in lying]


def every_byte(folder: Path) -> bytes:
    """The database with its write-ahead log, as it lies on the disk."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
