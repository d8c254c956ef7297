"""A third party's client against the sandbox: python-alipay-sdk, in both key modes.

The SDK blocks (urllib), so every call runs in a thread; it sends everything as a GET with all parameters in the query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from alipay import AliPay, DCAliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from tests.sandbox.alipay.merchant import Merchant, until

from payswitch.sandbox.alipay.certificates import certificate_sn, root_sn

# The SDK's certificate mode reads names through pyOpenSSL's old X509 class, whose methods pyOpenSSL has deprecated.
pytestmark = pytest.mark.filterwarnings(r"ignore:X509\.get_issuer is deprecated:DeprecationWarning")

T = TypeVar("T")


@dataclass
class Client:
    """The SDK as a merchant would have configured it."""

    sdk: Any
    merchant: Merchant

    async def __call__(self, method: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await asyncio.to_thread(method, *args, **kwargs)

    async def precreate(self, out_trade_no: str = "S1", amount: str = "88.88", **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self(
            self.sdk.api_alipay_trade_precreate, "直播间爆款", out_trade_no, amount, **more
        )
        return made


def _configured(sdk: Any, merchant: Merchant) -> Client:
    sdk._gateway = f"{merchant.base}/gateway.do"
    return Client(sdk, merchant)


@pytest.fixture(params=["public_key", "certificate"])
def client(request: pytest.FixtureRequest, merchant: Merchant, cert_merchant: Merchant) -> Client:
    if request.param == "public_key":
        keys = merchant.keys
        sdk = AliPay(
            appid=keys.app_id,
            app_notify_url=merchant.shop.url,
            app_private_key_string=keys.app_private_key,
            alipay_public_key_string=keys.alipay_public_key,
        )
        return _configured(sdk, merchant)
    keys = cert_merchant.keys
    sdk = DCAliPay(
        appid=keys.app_id,
        app_notify_url=cert_merchant.shop.url,
        app_private_key_string=keys.app_private_key,
        app_public_key_cert_string=keys.app_certificate,
        alipay_public_key_cert_string=keys.alipay_certificate,
        alipay_root_cert_string=keys.alipay_root_certificate,
    )
    return _configured(sdk, cert_merchant)


async def test_precreate_pay_query_and_refund(client: Client) -> None:
    made = await client.precreate()
    assert made["out_trade_no"] == "S1"
    unscanned = await client(client.sdk.api_alipay_trade_query, out_trade_no="S1")
    assert unscanned["sub_code"] == "ACQ.TRADE_NOT_EXIST"

    assert (await client.merchant.pay(made["qr_code"]))["result"] == "paid"
    paid = await client(client.sdk.api_alipay_trade_query, out_trade_no="S1")
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "88.88")

    refund = await client(client.sdk.api_alipay_trade_refund, "8.88", trade_no=paid["trade_no"], out_request_no="S1R1")
    assert (refund["fund_change"], refund["refund_fee"]) == ("Y", "8.88")
    asked = await client(client.sdk.api_alipay_trade_fastpay_refund_query, "S1R1", out_trade_no="S1")
    assert (asked["refund_status"], asked["refund_amount"]) == ("REFUND_SUCCESS", "8.88")


async def test_amounts_as_numbers_are_taken_as_merchants_send_them(client: Client) -> None:
    made = await client(client.sdk.api_alipay_trade_precreate, "红包", "S1", 0.01)
    assert (await client.merchant.pay(made["qr_code"], balance_fen=1))["result"] == "paid"


async def test_close_and_cancel(client: Client) -> None:
    made = await client.precreate()
    early = await client(client.sdk.api_alipay_trade_close, out_trade_no="S1")
    assert early["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    await client.merchant.scan(made["qr_code"])
    assert (await client(client.sdk.api_alipay_trade_close, out_trade_no="S1"))["code"] == "10000"

    other = await client.precreate("S2")
    await client.merchant.pay(other["qr_code"])
    cancelled = await client(client.sdk.api_alipay_trade_cancel, out_trade_no="S2")
    assert (cancelled["action"], cancelled["retry_flag"]) == ("refund", "N")


async def scanned(client: Client, code: str, number: str = "S1", amount: str = "88.88") -> dict[str, Any]:
    paid: dict[str, Any] = await client(
        client.sdk.api_alipay_trade_pay, number, "bar_code", code, "直播间爆款", total_amount=amount
    )
    return paid


async def test_a_payment_code_is_debited_and_cancelled_by_the_sdk(client: Client) -> None:
    code = client.merchant.shown()
    paid = await scanned(client, code)
    assert (paid["code"], paid["total_amount"], paid["out_trade_no"]) == ("10000", "88.88", "S1")
    assert (await scanned(client, code, "S2"))["sub_code"] == "ACQ.PAYMENT_AUTH_CODE_INVALID"
    cancelled = await client(client.sdk.api_alipay_trade_cancel, out_trade_no="S1")
    assert (cancelled["action"], cancelled["retry_flag"]) == ("refund", "N")
    asked = await client(client.sdk.api_alipay_trade_query, out_trade_no="S1")
    assert asked["trade_status"] == "TRADE_CLOSED"


async def test_the_sdk_waits_for_the_password_and_repeats_its_cancel(client: Client) -> None:
    await client.merchant.behave(cancel_retries=1)
    code = client.merchant.shown(ask_above_fen=1)
    assert (await scanned(client, code))["code"] == "10003"
    flags = [(await client(client.sdk.api_alipay_trade_cancel, out_trade_no="S1"))["retry_flag"] for _ in range(2)]
    assert flags == ["Y", "N"]
    assert (await client.merchant.pay(code))["result"] == "closed"


@pytest.mark.parametrize("product", ["page", "wap"])
async def test_a_link_signed_by_the_sdk_is_paid(client: Client, product: str) -> None:
    signer = getattr(client.sdk, f"api_alipay_trade_{product}_pay")
    query = signer(
        "连衣裙 L&M", "S1", "88.88", return_url="https://shop.example/?a=1&b=2", quit_url="https://shop.example"
    )
    link = f"{client.merchant.base}/gateway.do?{query}"
    assert (await client.merchant.pay(link, "redirect"))["result"] == "paid"
    paid = await client(client.sdk.api_alipay_trade_query, out_trade_no="S1")
    assert paid["trade_status"] == "TRADE_SUCCESS"


async def test_an_order_string_signed_by_the_sdk_is_paid(client: Client) -> None:
    order_string = client.sdk.api_alipay_trade_app_pay("连衣裙", "S1", "88.88")
    assert (await client.merchant.pay(order_string, "app"))["result"] == "paid"


async def test_the_sdk_believes_genuine_notifications_and_no_others(client: Client) -> None:
    await client.merchant.set_faults({"kind": "notify_forged"})
    made = await client.precreate(passback_params="x=1&y=2")
    await client.merchant.pay(made["qr_code"])
    heard = client.merchant.shop.heard
    await until(lambda: len(heard) == 2, what="the forged and the genuine message")
    forged, genuine = (dict(message) for message in heard)
    assert not client.sdk.verify(forged, forged.pop("sign"))
    signature = genuine.pop("sign")
    assert client.sdk.verify(dict(genuine), signature)
    assert not client.sdk.verify(genuine | {"total_amount": "0.01"}, signature)


async def test_the_sdk_refuses_an_answer_with_a_wrong_signature(client: Client) -> None:
    await client.merchant.set_faults({"kind": "bad_signature"})
    with pytest.raises(AliPayValidationError):
        await client.precreate()


async def test_the_sdk_reports_an_unsigned_refusal(client: Client) -> None:
    with pytest.raises(AliPayException, match="40002") as caught:
        await client(client.sdk.server_api, "alipay.trade.unheard.of", {"out_trade_no": "S1"})
    assert "isv.invalid-method" in str(caught.value)
    client.sdk._appid = "2021000000000000"
    with pytest.raises(AliPayException, match="40002") as caught:
        await client(client.sdk.api_alipay_trade_query, out_trade_no="S1")
    assert "isv.invalid-app-id" in str(caught.value)


def test_both_count_serial_numbers_alike(cert_merchant: Merchant) -> None:
    keys = cert_merchant.keys
    for certificate in (keys.app_certificate, keys.alipay_certificate):
        assert certificate_sn(certificate) == DCAliPay.get_cert_sn(certificate)
    # The SDK splits a bundle at empty lines, which the sandbox's own bundle does not have.
    bundle = keys.alipay_root_certificate.replace("-----\n-----BEGIN", "-----\n\n-----BEGIN")
    assert bundle.count("BEGIN CERTIFICATE") == 2
    assert root_sn(bundle) == DCAliPay.get_root_cert_sn(bundle)
    two_roots = f"{keys.alipay_certificate}\n{bundle}"
    assert root_sn(two_roots).count("_") == 1
    assert root_sn(two_roots) == DCAliPay.get_root_cert_sn(two_roots)
