"""Who may speak, and under which key WeChat answers."""

from __future__ import annotations

import pytest
from cryptography import x509
from tests.sandbox.support import RunningSandbox
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce_str": "another"},
        {"timestamp": "1794227821"},
        {"signature": "AAAA"},
        {"signature": "not base64!"},
        {"signature": ""},
        {"serial_no": "0" * 40},
        {"timestamp": "yesterday"},
        {"nonce_str": "N" * 33},
    ],
)
async def test_a_request_that_the_merchant_did_not_sign_is_refused(
    shop: Merchant, channels: RunningSandbox, wrong: dict[str, str]
) -> None:
    answered = await shop.post("/v3/pay/transactions/native", shop.order(), **wrong)
    assert (answered.status, answered.code) == (401, "SIGN_ERROR")
    assert await channels.ledger() == []


async def test_a_changed_body_is_refused_and_the_developer_sees_what_was_verified(shop: Merchant) -> None:
    target = "/v3/pay/transactions/native"
    signed = shop.authorization("POST", target, b'{"amount": 1}')
    shop.extra_headers = {"Authorization": signed}
    answered = await shop.post(target, shop.order())
    assert answered.status == 401
    assert answered.body["detail"]["detail"] == {"issue": "sign not match"}
    assert answered.body["detail"]["sign_information"]["url"] == target


async def test_a_changed_query_is_refused(shop: Merchant) -> None:
    await shop.create()
    target = f"/v3/pay/transactions/out-trade-no/NIGHT-0001?mchid={shop.keys.mchid}"
    shop.extra_headers = {"Authorization": shop.authorization("GET", target, b"")}
    assert (await shop.send("GET", target)).status == 200
    assert (await shop.send("GET", target + "&x=1")).status == 401


@pytest.mark.parametrize(("offset_s", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
async def test_a_request_must_be_of_now(shop: Merchant, night: ManualClock, offset_s: int, status: int) -> None:
    signed_at = str(night.now_ms() // 1_000 + offset_s)
    assert (await shop.post("/v3/pay/transactions/native", shop.order(), signed_at=signed_at)).status == status


@pytest.mark.parametrize("header", ["User-Agent", "Accept"])
async def test_a_client_that_does_not_say_what_it_is_is_refused(shop: Merchant, header: str) -> None:
    shop.extra_headers = {header: ""}
    answered = await shop.create()
    assert (answered.status, answered.code) == (400, "PARAM_ERROR")


async def test_a_body_that_is_not_called_json_is_refused(shop: Merchant) -> None:
    shop.extra_headers = {"Content-Type": "text/plain"}
    assert (await shop.create()).code == "PARAM_ERROR"


@pytest.mark.parametrize("authorization", ["", "Bearer abc", 'WECHATPAY2-SM2-WITH-SM3 mchid="1"'])
async def test_without_a_known_scheme_there_is_no_answer_worth_signing(shop: Merchant, authorization: str) -> None:
    shop.extra_headers = {"Authorization": authorization}
    answered = await shop.create()
    assert (answered.status, answered.code, answered.verified) == (401, "SIGN_ERROR", False)


async def test_a_merchant_that_does_not_exist_is_told_so(shop: Merchant) -> None:
    answered = await shop.post("/v3/pay/transactions/native", shop.order(), mchid="1600000000")
    assert (answered.status, answered.code) == (400, "MCH_NOT_EXISTS")


async def test_the_client_chooses_the_key_that_signs_the_answer(migrating_shop: Merchant) -> None:
    keys = migrating_shop.keys
    for wanted, used in [
        ("", keys.platform_serial_no),
        (keys.platform_serial_no, keys.platform_serial_no),
        (keys.public_key_id, keys.public_key_id),
    ]:
        migrating_shop.serial = wanted
        answered = await migrating_shop.create()
        assert (answered.status, answered.verified, answered.headers["Wechatpay-Serial"]) == (200, True, used)
    migrating_shop.serial = "PUB_KEY_ID_OF_SOMEBODY_ELSE"
    assert (await migrating_shop.create()).code == "PARAM_ERROR"


async def test_refusals_are_signed_too(shop: Merchant) -> None:
    answered = await shop.query("NEVER-MADE")
    assert (answered.status, answered.verified) == (404, True)


async def test_platform_certificates_are_fetched_encrypted(shop: Merchant) -> None:
    answered = await shop.send("GET", "/v3/certificates")
    (entry,) = answered.body["data"]
    certificate = x509.load_pem_x509_certificate(shop.unsealed(entry["encrypt_certificate"]))
    assert entry["serial_no"] == format(certificate.serial_number, "040X") == answered.headers["Wechatpay-Serial"]


async def test_an_account_in_public_key_mode_has_no_certificates(channels: RunningSandbox, night: ManualClock) -> None:
    backup = Merchant(channels, channels.world.account("wechat-backup"), night)
    answered = await backup.send("GET", "/v3/certificates")
    assert (answered.status, answered.code, answered.verified) == (404, "RESOURCE_NOT_EXISTS", True)
