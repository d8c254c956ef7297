"""What the customer's browser meets: the form, the wallet's page, an error page, and the way back to the shop."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.sandbox.support import Listener
from tests.sandbox.unionpay.merchant import FRONT, Merchant


async def open_form(merchant: Merchant, form: dict[str, str]) -> tuple[int, str, str]:
    """Status, Location and page."""
    address = merchant.sandbox.base_url + FRONT
    async with merchant.sandbox.session.post(address, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def see(merchant: Merchant, path: str) -> str:
    async with merchant.sandbox.session.get(merchant.sandbox.base_url + path) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_form_leads_to_the_wallet_where_it_is_paid(merchant: Merchant) -> None:
    status, location, _ = await open_form(merchant, merchant.form(orderDesc="直播间爆款"))
    assert status == 303
    assert location.startswith("/wallet?c=")
    page = await see(merchant, location)
    assert "129.00" in page
    assert "直播间爆款" in page
    content = unescape(re.findall(r'name="c" value="([^"]+)"', page)[0])
    body = {"c": content, "action": "confirm", "wallet": "bank"}
    async with merchant.sandbox.session.post(merchant.sandbox.base_url + "/wallet", data=body) as answer:
        assert "支付成功" in await answer.text()
    assert (await merchant.query())["origRespCode"] == "00"
    status, again, _ = await open_form(merchant, merchant.form())
    assert status == 200, "another form with a number that is taken"
    assert again == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"txnAmt": "1"}, "11"),
        ({"merId": "777290058000000"}, "31"),
        ({"merId": ""}, "31"),
    ],
)
async def test_a_form_that_is_not_the_merchants(merchant: Merchant, change: dict[str, str], code: str) -> None:
    status, location, page = await open_form(merchant, merchant.form() | change)
    assert (status, location) == (200, "")
    assert f'data-resp-code="{code}"' in page


@pytest.mark.parametrize(("change", "code"), [({"frontUrl": ""}, "13"), ({"txnSubType": "07"}, "32")])
async def test_a_signed_form_that_asks_for_what_is_not_sold_here(
    merchant: Merchant, change: dict[str, str], code: str
) -> None:
    _, _, page = await open_form(merchant, merchant.form(**change))
    assert f'data-resp-code="{code}"' in page


async def test_a_form_after_its_time(merchant: Merchant) -> None:
    form = merchant.form()
    merchant.clock.advance(seconds=900)
    _, _, page = await open_form(merchant, form)
    assert 'data-resp-code="69"' in page


async def test_the_way_back_carries_the_signed_result_once_it_is_paid(merchant: Merchant, shop: Listener) -> None:
    form = merchant.form(frontUrl=shop.url)
    _, location, _ = await open_form(merchant, form)
    back = unescape(re.findall(r'href="([^"]+frontReturn[^"]+)"', await see(merchant, location))[0])
    async with merchant.sandbox.session.get(back, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, shop.url), "nothing to tell yet: just back"

    await merchant.pay(form)
    async with merchant.sandbox.session.get(back) as answer:
        page = await answer.text()
    assert f'action="{shop.url}"' in page
    posted = {unescape(k): unescape(v) for k, v in re.findall(r'name="([^"]+)" value="([^"]*)"', page)}
    assert merchant.genuine(posted)
    assert (posted["orderId"], posted["respCode"], posted["txnAmt"]) == ("ORDER00001", "00", "12900")


async def test_no_way_back_from_nowhere_nor_from_an_app(merchant: Merchant) -> None:
    made = await merchant.app()
    for token in ("", "1" * 21, made["tn"]):
        page = await see(merchant, f"/b2c/frontReturn.action?transNumber={token}")
        assert 'data-resp-code="34"' in page


async def test_a_text_from_the_form_cannot_become_markup(merchant: Merchant) -> None:
    _, location, _ = await open_form(merchant, merchant.form(orderDesc="<script>alert(1)</script>"))
    assert "<script>alert" not in await see(merchant, location)
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "01", "message": "<b>x</b>"})
    _, _, page = await open_form(merchant, merchant.form("ORDER00002"))
    assert "<b>x</b>" not in page
    assert 'data-resp-code="01"' in page


async def test_a_tn_can_be_opened_on_the_wallets_page(merchant: Merchant) -> None:
    made = await merchant.app()
    assert "129.00" in await see(merchant, f"/wallet?c={made['tn']}")
