"""A canary: neither our two private keys nor the customer's token is in anything that the connector says."""

from __future__ import annotations

import json

import pytest
from tests.connectors.applepay.world import (
    DOMAIN,
    VALIDATION_URL,
    FakeWorld,
    account,
    debit_order,
    open_client,
    order,
    order_ref,
    refund_order,
    token,
)
from tests.connectors.unionpay.authority import private_pem
from tests.connectors.unionpay.world import NOW_MS, http, paid_notification, posted

from payswitch.connectors.applepay.account import read_account
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.transport import SendFailure
from payswitch.kit.clock import ManualClock

KEYS = ("merchant", "apple-identity")


def assert_no_secret(text: str) -> None:
    for name in KEYS:
        body = "".join(line for line in private_pem(name).splitlines() if not line.startswith("-"))
        for at in range(40, len(body) - 24, 24):
            assert body[at : at + 24] not in text
    data = token()["paymentData"]
    for secret in (data["data"], data["signature"], data["header"]["ephemeralPublicKey"]):
        for at in range(0, len(secret) - 24, 24):
            assert secret[at : at + 24] not in text


async def test_nothing_that_is_said_or_kept_holds_a_secret() -> None:
    world = FakeWorld()
    client = open_client(account(), world)
    opened = read_account("apple-pay", account(), clock=ManualClock(NOW_MS))
    told = debit_order()
    seen: list[object] = [client, vars(client), opened, opened.apple, opened.apple.tls, opened.business, told]
    for answer in (
        http(b"respCode=11&respMsg=x"),
        http(b"", 502),
        SendFailure(sent=True, code="timeout", latency_ms=1),
    ):
        world.breaks(answer)
        seen.append(await client.debit(told, 500))
        seen.append(await client.query(order_ref(), 500))
        seen.append(await client.reverse(order_ref(), 500))
        seen.append(await client.refund(refund_order(), 500))
        seen.append(await client.query_refund(refund_order(), 500))
    world.refuses("80")
    seen.append(await client.debit(told, 500))
    seen.append(await client.debit(debit_order(json.dumps(token())[:-20]), 500))
    seen.append(await client.create(order(), 500))
    seen.append(client.read_notify(posted(paid_notification(), signer="stranger")))
    for body in (b"{}", b"<html>"):
        world.apple = lambda body=body: http(body)  # type: ignore[misc]
        seen.append(await client.merchant_session(VALIDATION_URL, DOMAIN, 500))
    assert_no_secret(repr(seen) + str(client) + repr(vars(opened.signer)) + repr(vars(opened.verifier)))


@pytest.mark.parametrize("key", ["sign_private_key", "merchant_private_key"])
def test_a_broken_key_is_not_quoted_in_the_problem(key: str) -> None:
    name = KEYS[key == "merchant_private_key"]
    cut = private_pem(name)[:600] + "\n-----END PRIVATE KEY-----\n"
    with pytest.raises(AccountProblem) as caught:
        open_client(account(**{key: cut}), FakeWorld())
    assert_no_secret(str(caught.value) + repr(caught.value) + repr(caught.value.problems))
