"""WeChat tells us. Or somebody who says that he is WeChat."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import OpenClient
from tests.connectors.wechatpay.fake_wechat import (
    API_V3_KEY,
    MCHID,
    PUBLIC_KEY_ID,
    FakeWechat,
    paid_transaction,
    platform_signer,
    public_key_signer,
    stranger,
)
from tests.connectors.wechatpay.orders import NUMBER, REFUND_NUMBER

from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock


def refused(answer: NotifyAnswer) -> tuple[OutcomeKind, str]:
    assert answer.order is None
    assert answer.refund is None
    return answer.outcome.kind, answer.outcome.code


@pytest.mark.parametrize("associated_data", ["transaction", "", None])
def test_a_payment_succeeded(client: ChannelClient, wechat: FakeWechat, associated_data: str | None) -> None:
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER), associated_data=associated_data)
    answer = client.read_notify(note)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.order is not None
    assert answer.order.outcome.kind is OutcomeKind.PAID
    assert (answer.order.channel_order_no, answer.order.amount_fen, answer.order.currency) == (NUMBER, 12_900, "CNY")
    assert answer.order.merchant_ok
    assert answer.order.paid_at_ms == 1_794_400_625_000
    assert answer.refund is None


@pytest.mark.parametrize(
    ("event", "status", "kind", "merchant_side"),
    [
        ("REFUND.SUCCESS", "SUCCESS", OutcomeKind.PAID, False),
        ("REFUND.CLOSED", "CLOSED", OutcomeKind.CLOSED, False),
        ("REFUND.ABNORMAL", "ABNORMAL", OutcomeKind.PENDING, True),
    ],
)
def test_a_refund_moved(
    client: ChannelClient, wechat: FakeWechat, event: str, status: str, kind: OutcomeKind, merchant_side: bool
) -> None:
    plain = {
        "mchid": MCHID,
        "out_trade_no": NUMBER,
        "transaction_id": "4200001234202611111234567890",
        "out_refund_no": REFUND_NUMBER,
        "refund_id": "50000000382019052709732678859",
        "refund_status": status,
        "user_received_account": "支付用户零钱",
        "amount": {"total": 12_900, "refund": 2_900, "payer_total": 12_400, "payer_refund": 2_900},
    }
    answer = client.read_notify(wechat.notification(event, plain, associated_data="refund"))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.order is None
    assert answer.refund is not None
    assert (answer.refund.out_refund_no, answer.refund.amount_fen) == (REFUND_NUMBER, 2_900)
    assert (answer.refund.outcome.kind, answer.refund.outcome.merchant_side) == (kind, merchant_side)


def test_in_migration_both_kinds_of_signature_arrive(open_client: OpenClient, wechat: FakeWechat) -> None:
    client = open_client("both")
    for signer in (platform_signer(), public_key_signer()):
        note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER), signer=signer)
        assert client.read_notify(note).outcome.kind is OutcomeKind.ACCEPTED


def test_a_forged_payment(client: ChannelClient, wechat: FakeWechat) -> None:
    """The forger even knows our APIv3 key; without WeChat's private key it is worth nothing."""
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER), signer=stranger(PUBLIC_KEY_ID))
    answer = client.read_notify(note)
    assert refused(answer) == (OutcomeKind.UNTRUSTED, "bad_signature")
    assert not answer.probe


def test_a_payment_of_another_day_played_again(client: ChannelClient, wechat: FakeWechat, clock: ManualClock) -> None:
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER))
    clock.advance(seconds=301)
    assert refused(client.read_notify(note)) == (OutcomeKind.UNTRUSTED, "signature_stale")


def test_a_signature_for_another_body(client: ChannelClient, wechat: FakeWechat) -> None:
    genuine = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER, total=1))
    other = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER))
    note = msgspec.structs.replace(genuine, body=other.body)
    assert refused(client.read_notify(note)) == (OutcomeKind.UNTRUSTED, "bad_signature")


def test_encrypted_with_another_key(client: ChannelClient, wechat: FakeWechat) -> None:
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER), key=API_V3_KEY[::-1])
    assert refused(client.read_notify(note)) == (OutcomeKind.UNTRUSTED, "decrypt_failed")


def test_wechat_tests_whether_we_check_signatures(client: ChannelClient, wechat: FakeWechat) -> None:
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER))
    headers = {**note.headers, "wechatpay-signature": "WECHATPAY/SIGNTEST/" + "A" * 325}
    answer = client.read_notify(msgspec.structs.replace(note, headers=headers))
    assert refused(answer) == (OutcomeKind.UNTRUSTED, "signature_probe")
    assert answer.probe, "refused, and no alarm"


def test_a_visitor_without_any_signature(client: ChannelClient) -> None:
    note = NotifyRequest(method="GET", path="/notify/wechat-main", query="", headers={}, body=b"")
    assert refused(client.read_notify(note)) == (OutcomeKind.UNTRUSTED, "signature_missing")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<xml></xml>", b'{"event_type":"TRANSACTION.SUCCESS"}'])
def test_genuine_but_no_notification(client: ChannelClient, wechat: FakeWechat, body: bytes) -> None:
    assert refused(client.read_notify(wechat.posted(body))) == (OutcomeKind.REFUSED_CONFIG, "unreadable")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("algorithm", "AEAD_SM4_GCM", "unknown_algorithm"),
        ("algorithm", None, "unknown_algorithm"),
        ("ciphertext", "%%%", "decrypt_failed"),
        ("ciphertext", "AAAA", "decrypt_failed"),
        ("nonce", "", "decrypt_failed"),
        ("nonce", "中文中文", "decrypt_failed"),
        ("associated_data", "refund", "decrypt_failed"),
    ],
)
def test_a_resource_that_does_not_open(
    client: ChannelClient, wechat: FakeWechat, field: str, value: str | None, code: str
) -> None:
    message = json.loads(wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER)).body)
    message["resource"][field] = value
    if value is None:
        del message["resource"][field]
    answer = client.read_notify(wechat.posted(json.dumps(message).encode()))
    assert refused(answer) == (OutcomeKind.UNTRUSTED, code)


@pytest.mark.parametrize("event", ["TRANSACTION.SUCCESS", "REFUND.SUCCESS"])
def test_an_opened_resource_that_is_not_what_it_says(client: ChannelClient, wechat: FakeWechat, event: str) -> None:
    note = wechat.notification(event, {"something": "else"})
    assert refused(client.read_notify(note)) == (OutcomeKind.UNTRUSTED, "unreadable")


def test_money_of_another_merchant(client: ChannelClient, wechat: FakeWechat) -> None:
    note = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER, mchid="1900000002"))
    order = client.read_notify(note).order
    assert order is not None
    assert not order.merchant_ok
    refund = {"mchid": "1900000002", "out_refund_no": REFUND_NUMBER, "refund_status": "SUCCESS"}
    answer = client.read_notify(wechat.notification("REFUND.SUCCESS", refund))
    assert refused(answer) == (OutcomeKind.UNTRUSTED, "wrong_merchant")


def test_genuine_news_about_something_else_is_acknowledged(client: ChannelClient, wechat: FakeWechat) -> None:
    answer = client.read_notify(wechat.notification("COUPON.USE", {"coupon_id": "1"}))
    assert refused(answer) == (OutcomeKind.ACCEPTED, "COUPON.USE")


def test_what_wechat_hears(client: ChannelClient) -> None:
    accepted, denied = client.acknowledge(True), client.acknowledge(False)
    assert (accepted.status, json.loads(accepted.body)["code"]) == (200, "SUCCESS")
    assert (denied.status, json.loads(denied.body)["code"]) == (400, "FAIL")
    assert accepted.content_type == denied.content_type == "application/json"
