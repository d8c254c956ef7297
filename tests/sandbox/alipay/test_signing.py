"""What is signed, to the byte: the documents' own rules, on hand-written examples and on anything at all."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.alipay.merchant import raw_node, sign

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.alipay.answers import node_bytes, signed, unsigned
from payswitch.sandbox.alipay.codes import Refused, problem
from payswitch.sandbox.alipay.gate import Keys, check_call, public_key_mode
from payswitch.sandbox.alipay.parameters import read_parameters
from payswitch.sandbox.alipay.signing import notify_content, request_content

METHODS = frozenset({"alipay.trade.query"})
APP_KEY = generate_private_pem()
ALIPAY_KEY = generate_private_pem()


@pytest.fixture(scope="module")
def keys() -> Keys:
    return public_key_mode("2021001", SigningKey(APP_KEY).public_pem, ALIPAY_KEY)


def test_a_request_signs_its_sign_type_and_a_notification_does_not() -> None:
    params = {"b": "2", "sign_type": "RSA2", "a": "一&=", "empty": "", "sign": "xyz"}
    assert request_content(params) == "a=一&=&b=2&sign_type=RSA2".encode()
    assert request_content(params, "gbk") == "a=一&=&b=2&sign_type=RSA2".encode("gbk")
    assert notify_content(params) == "a=一&=&b=2".encode()


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.text(alphabet="abcdefgh_", min_size=1, max_size=8),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        max_size=6,
    )
)
def test_whatever_is_sent_is_what_was_signed(keys: Keys, extra: dict[str, str]) -> None:
    call = {
        "method": "alipay.trade.query",
        "sign_type": "RSA2",
        "timestamp": "2026-11-11 20:37:00",
        "version": "1.0",
        **{f"x_{name}": value for name, value in extra.items()},
    }
    sent = urlencode(call | {"sign": sign(APP_KEY, call)})
    check_call(read_parameters(sent), keys, METHODS)
    changed = read_parameters(sent) | {"x_": "smuggled"}
    with pytest.raises(Refused, match=r"isv\.invalid-signature"):
        check_call(changed, keys, METHODS)


def test_the_signature_is_over_the_nodes_bytes_as_sent(keys: Keys) -> None:
    node = node_bytes({"code": "10000", "text": 'a}"{\\/ 汉字', "url": "https://qr.alipay.com/bax"})
    assert b"https:\\/\\/qr.alipay.com\\/bax" in node
    body = signed("alipay.trade.query", node, keys.alipay, "ab12")
    assert raw_node(body, "alipay_trade_query_response") == node
    assert body.startswith(b'{"alipay_trade_query_response":{')
    assert b',"alipay_cert_sn":"ab12","sign":"' in body


def test_refusals_at_the_door_have_two_shapes() -> None:
    assert unsigned("alipay.trade.query", problem("isv.invalid-app-id")).startswith(b'{"alipay_trade_query_response":')
    assert unsigned(None, problem("isv.invalid-app-id")).startswith(b'{"error_response":')
    assert unsigned("alipay.trade.query", problem("isv.invalid-signature")).startswith(b'{"error_response":')
