"""Every illness of the sandbox, on UnionPay's wire."""

from __future__ import annotations

import aiohttp
import pytest
from tests.sandbox.support import until
from tests.sandbox.unionpay.merchant import APP, BACK, FRONT, Merchant, certificate, fits, parse_answer

from payswitch.sandbox.unionpay.codes import MESSAGES


async def raw(merchant: Merchant, timeout_s: float = 10.0) -> tuple[int, bytes]:
    signed = merchant.sign(merchant.sale("01", "000201", "ORDER00001"))
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with merchant.sandbox.session.post(merchant.sandbox.base_url + APP, data=signed, timeout=timeout) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize("code", sorted(set(MESSAGES) - {"00", "A6"}))
async def test_any_code_in_its_real_words(merchant: Merchant, code: str) -> None:
    await merchant.sandbox.set_faults({"kind": "error_code", "code": code})
    answer = await merchant.app()
    assert (answer["respCode"], answer["respMsg"]) == (code, MESSAGES[code])
    assert (answer["orderId"], "tn" in answer) == ("ORDER00001", False)
    assert len(merchant.sandbox.core.ledger) == 0


async def test_busy_although_the_order_was_made(merchant: Merchant) -> None:
    fault = {"kind": "error_code", "code": "06", "message": "忙", "created": True, "to_s": 60}
    await merchant.sandbox.set_faults(fault)
    assert (await merchant.app())["respMsg"] == "忙"
    started = merchant.now()
    merchant.clock.advance(seconds=60)
    assert (await merchant.query(txn_time=started))["origRespCode"] == "05"
    assert (await merchant.app())["respCode"] == "12"


@pytest.mark.parametrize("code", ["03", "04", "05"])
async def test_still_being_processed(merchant: Merchant, code: str) -> None:
    """The query itself timed out, or knows nothing yet: no word about the transaction."""
    await merchant.pay(await merchant.app())
    await merchant.sandbox.set_faults({"kind": "error_code", "code": code, "operations": ["query"], "to_s": 5})
    started = merchant.now()
    answer = await merchant.query()
    assert (answer["respCode"], "origRespCode" in answer) == (code, False)
    merchant.clock.advance(seconds=5)
    assert (await merchant.query(txn_time=started))["origRespCode"] == "00"


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_an_edge_error(merchant: Merchant, when: str, made: int) -> None:
    await merchant.sandbox.set_faults({"kind": "http_5xx", "status": 502, "when": when})
    status, body = await raw(merchant)
    assert (status, b"respCode" in body) == (502, False)
    assert len(merchant.sandbox.core.ledger) == made


async def test_a_reset_connection_reaches_nobody(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "refuse"})
    with pytest.raises(aiohttp.ClientError):
        await raw(merchant)
    assert len(merchant.sandbox.core.ledger) == 0


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_a_hanging_call(merchant: Merchant, when: str, made: int) -> None:
    await merchant.sandbox.set_faults({"kind": "hang", "when": when})
    with pytest.raises(TimeoutError):
        await raw(merchant, timeout_s=0.5)
    assert len(merchant.sandbox.core.ledger) == made


async def test_a_broken_body(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "malformed"})
    status, body = await raw(merchant)
    assert status == 200
    assert "signature" not in parse_answer(body)


async def test_a_wrong_signature_over_a_right_answer(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "bad_signature"})
    answer = parse_answer((await raw(merchant))[1])
    assert answer["respCode"] == "00"
    assert merchant.trusts(certificate(answer["signPubKeyCert"]))
    assert not fits(answer)


async def test_a_certificate_that_nobody_vouches_for(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "unknown_serial"})
    answer = parse_answer((await raw(merchant))[1])
    assert answer["respCode"] == "00"
    assert fits(answer)
    assert not merchant.trusts(certificate(answer["signPubKeyCert"]))


async def test_a_slow_call_has_done_its_work(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "latency", "ms": 3_000})
    with pytest.raises(TimeoutError):
        await raw(merchant, timeout_s=0.3)
    assert len(merchant.sandbox.core.ledger) == 1


async def test_a_wallet_that_fails_leaves_the_order_open(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "wallet_error"})
    made = await merchant.code()
    assert (await merchant.pay(made))["result"] == "wallet_error"
    assert (await merchant.query())["origRespCode"] == "05"


@pytest.mark.parametrize(
    ("operation", "struck"),
    [
        ("create", ["create"]),
        ("query", ["query"]),
        ("refund", ["refund", "void"]),
        ("refund_query", ["refund_query"]),
        ("reverse", ["reverse"]),
    ],
)
async def test_a_fault_strikes_its_own_operations_only(merchant: Merchant, operation: str, struck: list[str]) -> None:
    await merchant.pay(await merchant.app())
    number = (await merchant.query())["queryId"]
    await merchant.give_back(number, 1)
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "06", "operations": [operation]})
    answers = {
        "create": await merchant.app("ORDER00002"),
        "query": await merchant.query(),
        "refund": await merchant.give_back(number, 1, "REFUND0002"),
        "void": await merchant.give_back(number, 12_900, "REFUND0003", "31"),
        "refund_query": await merchant.query("REFUND0001"),
        "reverse": await merchant.reverse(),
    }
    assert [name for name, answer in answers.items() if answer["respCode"] == "06"] == struck


async def test_a_fault_about_one_product_or_one_band_of_amounts(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "02", "product": "unionpay_qr"})
    assert (await merchant.code())["respCode"] == "02"
    assert (await merchant.app())["respCode"] == "00"
    assert (await merchant.query())["respCode"] == "00"
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "33", "min_fen": 100_001})
    assert (await merchant.app("ORDER00002", txnAmt="100001"))["respCode"] == "33"
    assert (await merchant.app("ORDER00003", txnAmt="100000"))["respCode"] == "00"


async def test_the_other_account_stays_healthy(merchant: Merchant, other_merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "02", "account": merchant.account_id})
    assert (await merchant.app())["respCode"] == "02"
    assert (await other_merchant.app())["respCode"] == "00", "the same number at another merchant is another order"


async def test_an_error_at_the_form_is_seen_by_the_customer_alone(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "39", "product": "unionpay_wap"})
    address = merchant.sandbox.base_url + FRONT
    async with merchant.sandbox.session.post(address, data=merchant.form(), allow_redirects=False) as answer:
        assert 'data-resp-code="39"' in await answer.text()
    pc = merchant.form(channelType="07")
    async with merchant.sandbox.session.post(address, data=pc, allow_redirects=False) as answer:
        assert answer.status == 303
    await merchant.sandbox.set_faults({"kind": "malformed"})
    broken = merchant.form("ORDER00002", frontUrl="")
    async with merchant.sandbox.session.post(address, data=broken, allow_redirects=False) as answer:
        assert "</html>" not in await answer.text()


async def test_a_refund_whose_answer_was_lost_is_found_by_asking(merchant: Merchant) -> None:
    await merchant.pay(await merchant.app())
    number = (await merchant.query())["queryId"]
    await merchant.sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["refund"]})
    fields = merchant.message("04", "00", "000201", orderId="REFUND0001", origQryId=number, txnAmt="1")
    async with merchant.sandbox.session.post(merchant.sandbox.base_url + BACK, data=merchant.sign(fields)) as answer:
        assert answer.status == 503
    assert (await merchant.query("REFUND0001"))["origRespCode"] == "05"
    await until(lambda: len(merchant.sandbox.core.faults.all()) == 1)
