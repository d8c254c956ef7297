"""Who speaks? A message brings its own certificate: it counts only if its chain, dates and owner are right."""

from __future__ import annotations

import base64
from itertools import product
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from tests.connectors.unionpay.authority import (
    MERCHANT_CN,
    UNIONPAY_CN,
    certificate,
    merchants,
    middle,
    pem,
    root,
    unionpays,
    wire_pem,
)
from tests.connectors.unionpay.world import (
    NOW_MS,
    ORDER_NO,
    FakeUnionPay,
    account,
    body_of,
    http,
    open_client,
    order_ref,
    raw_post,
    shop_with_unionpay,
    sign,
    signed,
)

from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock

DAY_MS = 86_400_000
PAID = {
    "merId": "777290058167151",
    "orderId": ORDER_NO,
    "origRespCode": "00",
    "queryId": "44261111203700",
    "respCode": "00",
    "respMsg": "成功[0000000]",
    "txnAmt": "129900",
    "txnTime": "20261111203700",
}


async def ask(body: str, clock: ManualClock | None = None, **changes: str) -> OrderFact:
    client, unionpay = shop_with_unionpay(clock, **changes)
    unionpay.breaks(http(body))
    return await client.query(order_ref(), 500)


async def verdict_on(
    signer: Certificate, *, key: str = "unionpay", clock: ManualClock | None = None, **changes: str
) -> str:
    """`genuine`, or why the answer is not believed."""
    fact = await ask(body_of(signed(PAID, signer=key, certificate=signer)), clock, **changes)
    if fact.outcome.kind is OutcomeKind.PAID:
        return "genuine"
    assert fact.outcome.kind is OutcomeKind.UNTRUSTED
    assert (fact.amount_fen, fact.transaction_id) == (None, None)
    return fact.outcome.code


async def test_a_certificate_under_the_configured_ones_is_believed() -> None:
    assert await verdict_on(unionpays()) == "genuine"


async def test_the_intermediate_alone_is_enough_because_the_operator_gave_it() -> None:
    assert await verdict_on(unionpays(), root_certificates=pem(middle())) == "genuine"


async def test_without_the_intermediate_there_is_no_chain() -> None:
    assert await verdict_on(unionpays(), root_certificates=pem(root())) == "unknown_issuer"


async def test_a_certificate_directly_under_the_root_is_believed() -> None:
    direct = certificate("unionpay", "root", common=UNIONPAY_CN)
    assert await verdict_on(direct, root_certificates=pem(root())) == "genuine"


async def test_another_authority_of_the_same_name_is_another_authority() -> None:
    """The chain is one of signatures, not of names."""
    fake = certificate("unionpay", "stranger", common=UNIONPAY_CN, issuer_common="middle")
    assert await verdict_on(fake) == "unknown_issuer"


async def test_a_forger_signs_his_own_certificate() -> None:
    fake = certificate("stranger", "stranger", common=UNIONPAY_CN)
    assert await verdict_on(fake, key="stranger") == "unknown_issuer"


async def test_a_certificate_that_a_merchants_certificate_issued_is_worth_nothing() -> None:
    """Only the configured authorities may issue, not whoever has a certificate of theirs."""
    fake = certificate("stranger", "merchant", common=UNIONPAY_CN, issuer_common=MERCHANT_CN)
    assert await verdict_on(fake, key="stranger") == "unknown_issuer"


async def test_a_certificate_of_another_kind_of_key_is_not_believed() -> None:
    assert await verdict_on(certificate("unionpay", "middle", elliptic=True)) == "unknown_issuer"


async def test_a_good_certificate_does_not_help_another_key() -> None:
    assert await verdict_on(unionpays(), key="stranger") == "bad_signature"


async def test_our_own_certificate_cannot_speak_for_unionpay() -> None:
    """It is issued by the same authority; whoever got hold of our key must not invent payments with it."""
    assert await verdict_on(merchants(), key="merchant") == "not_unionpays_certificate"


@pytest.mark.parametrize("days", [(-800, -1), (-800, -400)])
async def test_an_expired_certificate_is_refused_unless_the_account_allows_it(days: tuple[int, int]) -> None:
    assert await verdict_on(unionpays(days=days)) == "expired_certificate"
    assert await verdict_on(unionpays(days=days), accept_expired_certificates="true") == "genuine"


async def test_a_certificate_from_the_future_is_never_believed() -> None:
    later = unionpays(days=(1, 400))
    assert await verdict_on(later) == "expired_certificate"
    assert await verdict_on(later, accept_expired_certificates="true") == "expired_certificate"


async def test_an_expired_intermediate_expires_everything_under_it() -> None:
    old = certificate("middle", "root", days=(-2_000, -1))
    assert await verdict_on(unionpays(), root_certificates=pem(old, root())) == "expired_certificate"


async def test_a_certificate_that_was_believed_expires_all_the_same() -> None:
    """Its chain is checked once, its dates each time."""
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock)
    unionpay.breaks(http(body_of(signed(PAID))))
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PAID
    clock.advance(ms=401 * DAY_MS)
    assert (await client.query(order_ref(), 500)).outcome.code == "expired_certificate"


@pytest.mark.parametrize(
    "common",
    [
        "041@N91320508346386385N@某某科技有限公司@00000001",
        "041@中国银联股份有限公司@某某公司@1",
        "041@1@中国银联股份有限公司上海分公司@1",
        "中国银联股份有限公司",
        "041@Z12@00040000:SIGN@00000062",
    ],
)
async def test_with_the_owner_check_only_unionpay_itself_is_believed(common: str) -> None:
    """CFCA issues certificates to everybody: the chain alone does not say that it is UnionPay."""
    somebody = unionpays(common=common)
    assert await verdict_on(somebody, check_sign_cert_cn="true") == "not_unionpays_certificate"
    assert await verdict_on(somebody, check_sign_cert_cn="false") == "genuine"


async def test_the_owner_check_is_on_by_default_on_the_production_gateway_only() -> None:
    somebody = unionpays(common="041@Z12@00040000:SIGN@00000062")
    assert await verdict_on(somebody) == "genuine"
    assert await verdict_on(somebody, gateway="https://gateway.95516.com") == "not_unionpays_certificate"
    assert await verdict_on(somebody, gateway="https://gateway.95516.com/") == "not_unionpays_certificate"
    assert await verdict_on(unionpays(), gateway="https://gateway.95516.com") == "genuine"
    relaxed = {"gateway": "https://gateway.95516.com", "check_sign_cert_cn": "false"}
    assert await verdict_on(somebody, **relaxed) == "genuine"


async def test_the_line_ends_of_the_certificate_are_part_of_what_is_signed() -> None:
    whole = signed(PAID)
    assert "\r\n" in whole["signPubKeyCert"]
    rewritten = {**whole, "signPubKeyCert": whole["signPubKeyCert"].replace("\r\n", "\n")}
    assert (await ask(body_of(rewritten))).outcome.code == "bad_signature"


async def test_an_answer_that_was_cut_off_is_no_forgery() -> None:
    """The connection broke: that is no reason to alarm anybody, and no reason to believe it."""
    whole = body_of(signed(PAID))
    for length in (10, len(whole) // 2, whole.index("&signature="), len(whole) - 1):
        outcome = (await ask(whole[:length])).outcome
        assert outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.UNTRUSTED)
        assert outcome.code == ("bad_signature" if length == len(whole) - 1 else "unreadable")


async def test_the_order_of_the_fields_does_not_matter() -> None:
    whole = signed(PAID)
    backwards = dict(reversed(whole.items()))
    assert (await ask(body_of(backwards))).outcome.kind is OutcomeKind.PAID


async def test_empty_fields_are_not_part_of_what_is_signed() -> None:
    assert (await ask(body_of(signed({**PAID, "reqReserved": ""})))).outcome.kind is OutcomeKind.PAID
    assert (await ask(body_of({**signed(PAID), "reqReserved": ""}))).outcome.kind is OutcomeKind.PAID


@pytest.mark.parametrize(
    "change",
    [
        {"txnAmt": "1"},
        {"origRespCode": "A6"},
        {"queryId": "1"},
        {"extra": "field"},
        {"signature": "AAAA"},
        {"signature": "不是签名"},
    ],
)
async def test_one_changed_field_is_enough(change: dict[str, str]) -> None:
    assert (await ask(body_of({**signed(PAID), **change}))).outcome.code == "bad_signature"


@pytest.mark.parametrize(
    "certificate_text", ["", "AAAA", "-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----"]
)
async def test_a_signature_without_a_readable_certificate_proves_nothing(certificate_text: str) -> None:
    message = {**PAID, "signPubKeyCert": certificate_text}
    body = body_of({**message, "signature": sign("unionpay", message)})
    assert (await ask(body)).outcome.code == "unknown_issuer"


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_no_broken_certificate_breaks_the_reader_or_brings_another_key() -> None:
    """Anybody can post any certificate: whatever is wrong with it, it is only refused."""
    client, _ = shop_with_unionpay()
    good = unionpays().public_bytes(Encoding.DER)
    message = signed(PAID)
    for place, byte in product(range(len(good)), (0x00, 0x01, 0x06, 0xFF)):
        broken = base64.encodebytes(good[:place] + bytes([byte]) + good[place + 1 :]).decode()
        text = f"-----BEGIN CERTIFICATE-----\n{broken}-----END CERTIFICATE-----"
        answer = client.read_notify(raw_post(urlencode({**message, "signPubKeyCert": text}).encode()))
        assert answer.outcome.kind is OutcomeKind.UNTRUSTED
        assert answer.order is None


async def test_values_with_ampersands_stand_in_braces() -> None:
    fields = {**PAID, "customerInfo": "{phoneNo=138&certifId={a=1&b=2}&cvn2=x}", "tokenPayData": "{token=1}"}
    assert (await ask(body_of(signed(fields)))).outcome.kind is OutcomeKind.PAID


async def test_a_field_that_comes_twice_makes_the_answer_unreadable() -> None:
    """Which of the two was signed must never depend on which of them a reader keeps."""
    fact = await ask(body_of(signed(PAID)) + "&txnAmt=1")
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")


async def test_unionpays_certificate_may_change_from_one_message_to_the_next() -> None:
    unionpay = FakeUnionPay()
    client = open_client(account(), unionpay)
    for number in range(40):
        newer = certificate("unionpay", "middle", common=UNIONPAY_CN, serial=1_000 + number)
        unionpay.breaks(http(body_of(signed(PAID, certificate=newer))))
        assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.PAID


def test_the_certificate_of_this_world_is_written_as_unionpay_writes_it() -> None:
    text = wire_pem(unionpays())
    assert text.startswith("-----BEGIN CERTIFICATE-----\r\n")
    assert text.endswith("\r\n-----END CERTIFICATE-----")
