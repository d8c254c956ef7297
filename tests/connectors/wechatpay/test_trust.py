"""Who signed this answer? Nothing that WeChat did not sign is believed, and new certificates are found in time."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import OpenClient
from tests.connectors.wechatpay.fake_wechat import (
    NEW_SERIAL,
    OLD_SERIAL,
    PUBLIC_KEY_ID,
    FakeWechat,
    Signer,
    certificate_pem,
    platform_signer,
    public_key_signer,
    renewed_platform_signer,
    signing_key,
    stranger,
)
from tests.connectors.wechatpay.orders import NUMBER, REF, order

from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock

CODE = b'{"code_url":"weixin:\\/\\/wxpay\\/bizpayurl?pr=x"}'
"""Escaped slashes, as some of WeChat's machines write them: only the raw bytes verify."""


async def create_with(client: ChannelClient, wechat: FakeWechat, answer: HttpAnswer) -> tuple[OutcomeKind, str]:
    wechat.answers.append(lambda _: answer)
    result = await client.create(order(Product.WECHAT_NATIVE), 400)
    assert (result.credential is not None) == (result.outcome.kind is OutcomeKind.ACCEPTED)
    return result.outcome.kind, result.outcome.code


def changed(answer: HttpAnswer, **headers: str | None) -> HttpAnswer:
    merged = {**answer.headers, **{f"wechatpay-{name}": value for name, value in headers.items()}}
    kept = {name: value for name, value in merged.items() if value is not None}
    return msgspec.structs.replace(answer, headers=kept)


async def test_raw_bytes_are_verified(client: ChannelClient, wechat: FakeWechat) -> None:
    assert await create_with(client, wechat, wechat.signed(200, CODE)) == (OutcomeKind.ACCEPTED, "")


async def test_the_signature_type_may_be_absent(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = changed(wechat.signed(200, CODE), **{"signature-type": None})
    assert await create_with(client, wechat, answer) == (OutcomeKind.ACCEPTED, "")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"signature": None}, "signature_missing"),
        ({"timestamp": None}, "signature_missing"),
        ({"nonce": None}, "signature_missing"),
        ({"serial": None}, "signature_missing"),
        ({"signature": "AAAA"}, "bad_signature"),
        ({"signature": "中文"}, "bad_signature"),
        ({"nonce": "another"}, "bad_signature"),
        ({"nonce": "\udcff"}, "bad_signature"),
        ({"timestamp": "-1"}, "bad_signature"),
        ({"timestamp": "９９９"}, "bad_signature"),
        ({"timestamp": "9" * 5_000}, "bad_signature"),
        ({"timestamp": "1"}, "signature_stale"),
        ({"signature-type": "WECHATPAY2-SM2-WITH-SM3"}, "bad_signature"),
        ({"serial": "PUB_KEY_ID_0000"}, "unknown_serial"),
        ({"serial": "not hexadecimal"}, "unknown_serial"),
    ],
)
async def test_a_message_that_is_not_whole_is_untrusted(
    client: ChannelClient, wechat: FakeWechat, headers: dict[str, str | None], code: str
) -> None:
    answer = changed(wechat.signed(200, CODE), **headers)
    assert await create_with(client, wechat, answer) == (OutcomeKind.UNTRUSTED, code)


async def test_a_strangers_signature_is_untrusted(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = wechat.signed(200, CODE, signer=stranger(PUBLIC_KEY_ID))
    assert await create_with(client, wechat, answer) == (OutcomeKind.UNTRUSTED, "bad_signature")


async def test_a_changed_body_is_untrusted(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = msgspec.structs.replace(wechat.signed(200, CODE), body=CODE.replace(b"\\/", b"/"))
    assert await create_with(client, wechat, answer) == (OutcomeKind.UNTRUSTED, "bad_signature")


@pytest.mark.parametrize("minutes", [-6, -5, 5, 6])
async def test_messages_are_fresh_for_five_minutes(
    client: ChannelClient, wechat: FakeWechat, clock: ManualClock, minutes: int
) -> None:
    headers = public_key_signer().headers(CODE, clock.now_ms() + minutes * 60_000)
    answer = HttpAnswer(status=200, headers=headers, body=CODE, latency_ms=1.0)
    kind, _ = await create_with(client, wechat, answer)
    assert kind is (OutcomeKind.ACCEPTED if abs(minutes) <= 5 else OutcomeKind.UNTRUSTED)


async def test_wechat_tests_whether_we_check_signatures(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = changed(wechat.signed(200, CODE), signature="WECHATPAY/SIGNTEST/" + "A" * 300)
    wechat.answers.append(lambda _: answer)
    result = await client.create(order(Product.WECHAT_NATIVE), 400)
    assert (result.outcome.kind, result.outcome.code) == (OutcomeKind.UNKNOWN, "signature_probe")
    assert result.outcome.transient, "the same call again gives the real answer"
    assert result.credential is None


class TestWechatRenewsItsCertificate:
    """The configured certificate goes out of use; WeChat signs with its successor from one moment to the next."""

    @pytest.fixture
    def wechat(self, clock: ManualClock) -> FakeWechat:
        return FakeWechat(
            clock,
            signer=renewed_platform_signer(),
            certificates=[("platform-old", OLD_SERIAL), ("platform-new", NEW_SERIAL)],
        )

    async def test_it_is_fetched_once_and_kept(self, open_client: OpenClient, wechat: FakeWechat) -> None:
        client = open_client("certificate")
        for _ in range(3):
            assert await create_with(client, wechat, wechat.signed(200, CODE)) == (OutcomeKind.ACCEPTED, "")
        assert [request.target for request in wechat.requests].count("/v3/certificates") == 1

    async def test_many_customers_at_that_moment_share_one_fetch(
        self, open_client: OpenClient, wechat: FakeWechat
    ) -> None:
        client = open_client("certificate")
        for _ in range(20):
            wechat.will_answer(200, CODE)
        answers = await asyncio.gather(*(client.create(order(Product.WECHAT_NATIVE), 400) for _ in range(20)))
        assert {answer.outcome.kind for answer in answers} == {OutcomeKind.ACCEPTED}
        assert [request.target for request in wechat.requests].count("/v3/certificates") == 1

    async def test_the_fetch_lives_within_the_calls_deadline(
        self, open_client: OpenClient, wechat: FakeWechat, clock: ManualClock
    ) -> None:
        client = open_client("certificate")

        def slow(_: object) -> HttpAnswer:
            clock.advance(ms=300)
            return wechat.signed(200, CODE)

        wechat.answers.append(slow)
        await client.create(order(Product.WECHAT_NATIVE), 400)
        assert [request.timeout_ms for request in wechat.requests] == [400, 100]

    async def test_an_account_in_migration_fetches_with_the_public_keys_signature(
        self, open_client: OpenClient, wechat: FakeWechat
    ) -> None:
        wechat.certificate_signer = public_key_signer()
        client = open_client("both")
        assert await create_with(client, wechat, wechat.signed(200, CODE)) == (OutcomeKind.ACCEPTED, "")

    async def test_an_expired_certificate_verifies_nothing_and_is_replaced(
        self, open_client: OpenClient, wechat: FakeWechat
    ) -> None:
        expired = certificate_pem("platform-old", OLD_SERIAL, until_year=2020)
        client = open_client("certificate", platform_certificates=expired)
        old = wechat.signed(200, CODE, signer=platform_signer())
        wechat.certificates = [("platform-new", NEW_SERIAL)]
        assert await create_with(client, wechat, old) == (OutcomeKind.UNTRUSTED, "unknown_serial")
        assert "Wechatpay-Serial" not in wechat.requests[0].headers
        assert await create_with(client, wechat, wechat.signed(200, CODE)) == (OutcomeKind.ACCEPTED, "")

    async def test_a_serial_that_nobody_knows_fails_closed_and_is_not_asked_for_again_at_once(
        self, open_client: OpenClient, wechat: FakeWechat, clock: ManualClock
    ) -> None:
        client = open_client("certificate")
        forged = wechat.signed(200, CODE, signer=stranger("ABCDEF0123"))
        for _ in range(3):
            assert await create_with(client, wechat, forged) == (OutcomeKind.UNTRUSTED, "unknown_serial")
        assert [request.target for request in wechat.requests].count("/v3/certificates") == 1
        clock.advance(seconds=11)
        forged = wechat.signed(200, CODE, signer=stranger("ABCDEF0123"))
        assert await create_with(client, wechat, forged) == (OutcomeKind.UNTRUSTED, "unknown_serial")
        assert [request.target for request in wechat.requests].count("/v3/certificates") == 2

    @pytest.mark.parametrize("trouble", ["stranger", "wrong_key", "renamed", "not_json", "expired", "http_500", "lost"])
    async def test_certificates_that_are_not_wechats_are_not_taken(
        self, open_client: OpenClient, wechat: FakeWechat, monkeypatch: pytest.MonkeyPatch, trouble: str
    ) -> None:
        client = open_client("certificate")
        answer = spoilt_certificates(wechat, trouble)
        monkeypatch.setattr(wechat, "_certificate_answer", lambda: answer)
        forged = wechat.signed(200, CODE)
        assert await create_with(client, wechat, forged) == (OutcomeKind.UNTRUSTED, "unknown_serial")


def spoilt_certificates(wechat: FakeWechat, trouble: str) -> HttpAnswer | SendFailure:
    """What /v3/certificates gives when something is wrong with it."""
    good = wechat._certificate_answer()
    listing = json.loads(good.body)
    if trouble == "stranger":
        return wechat.signed(200, good.body, signer=stranger(f"{NEW_SERIAL:X}"))
    if trouble == "wrong_key":
        for entry in listing["data"]:
            entry["encrypt_certificate"]["nonce"] = "000000000000"
    if trouble == "renamed":
        listing["data"] = [{**listing["data"][0], "serial_no": f"{NEW_SERIAL:X}"}]
    if trouble == "expired":
        wechat.certificates_until = 2026
        return wechat._certificate_answer()
    if trouble == "not_json":
        return wechat.signed(200, b"<html>")
    if trouble == "http_500":
        return wechat.signed(500, good.body)
    if trouble == "lost":
        return SendFailure(sent=True, code="timeout", latency_ms=1.0)
    return wechat.signed(200, json.dumps(listing).encode())


async def test_a_forged_notification_with_an_invented_serial_makes_the_next_query_look_for_certificates(
    open_client: OpenClient, wechat: FakeWechat
) -> None:
    """Renewed certificate, and the first message signed with it is a notification: it is refused (WeChat repeats it in
    15 s), and the certificates are fetched by a call that has time, not while a customer waits for a code."""
    client = open_client("certificate")
    wechat.certificates = [("platform-new", NEW_SERIAL)]
    wechat.signer = renewed_platform_signer()
    note = wechat.notification("TRANSACTION.SUCCESS", {"out_trade_no": NUMBER, "trade_state": "SUCCESS"})
    first = client.read_notify(note)
    assert (first.outcome.kind, first.outcome.code, first.order) == (OutcomeKind.UNTRUSTED, "unknown_serial", None)

    wechat.signer = platform_signer()
    wechat.will_answer(200, CODE)
    await client.create(order(Product.WECHAT_NATIVE), 400)
    assert [request.target for request in wechat.requests] == ["/v3/pay/transactions/native"]

    wechat.signer = renewed_platform_signer()
    wechat.will_answer(200, {"out_trade_no": NUMBER, "trade_state": "NOTPAY"})
    assert (await client.query(REF, 2_000)).outcome.kind is OutcomeKind.PENDING
    assert wechat.requests[1].target == "/v3/certificates"
    assert client.read_notify(note).outcome.kind is OutcomeKind.ACCEPTED


async def test_a_serial_is_the_same_in_any_spelling(open_client: OpenClient, wechat: FakeWechat) -> None:
    lower = Signer(f"00{OLD_SERIAL:x}", signing_key("platform-old"))
    answer = wechat.signed(200, CODE, signer=lower)
    assert await create_with(open_client("certificate"), wechat, answer) == (OutcomeKind.ACCEPTED, "")
