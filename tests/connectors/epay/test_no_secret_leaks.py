"""A canary: whatever happens, no key is in what the connector says of itself, of a call, or of a platform's words."""

from __future__ import annotations

import logging

import pytest
from tests.connectors.epay.world import (
    KEY,
    http,
    order,
    order_ref,
    paid_fields,
    private_pem,
    refund_order,
    shop_with_epay,
    silence,
    told,
)


def secrets() -> list[str]:
    body = "".join(line for line in private_pem("merchant").splitlines() if not line.startswith("-"))
    return [KEY, *(body[at : at + 24] for at in range(40, len(body) - 24, 24))]


@pytest.mark.parametrize("version", ["1", "2"])
async def test_no_outcome_no_log_and_no_representation_holds_a_key(
    version: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    client, epay = shop_with_epay(version)
    seen: list[object] = [client, vars(client)]
    for reply in (
        silence(),
        http(b"broken"),
        epay.answer({"code": -1, "msg": f"商户密钥错误: {KEY}"}, signer=""),
        epay.answer({"code": f"E{KEY}", "msg": "x"}, signer=""),
        epay.answer(epay.order(), signer="stranger"),
    ):
        epay.breaks(reply)
        seen += [
            await client.create(order(), 500),
            await client.query(order_ref(), 500),
            await client.close(order_ref(), 500),
            await client.refund(refund_order(), 500),
            await client.query_refund(refund_order(), 500),
        ]
    seen.append(client.read_notify(told(paid_fields(), version, signer="stranger" if version == "2" else "x")))
    out, err = capfd.readouterr()
    text = repr(seen) + caplog.text + out + err
    for secret in secrets() if version == "1" else secrets()[1:]:
        assert secret not in text


async def test_only_v1s_own_calls_carry_the_key() -> None:
    """Where it must travel it travels, and nowhere else: never on the create call, never on a page's address."""
    client, epay = shop_with_epay()
    epay.made("payurl", "https://pay.example/pay/1/")
    await client.create(order(), 500)
    assert KEY not in epay.requests[0].url + epay.requests[0].body.decode()
    client, _ = shop_with_epay(create="submit")
    assert KEY not in repr(await client.create(order(), 500))
