"""Flat XML and nothing else: no document type, no entities, no nesting, no size."""

from __future__ import annotations

import random

import pytest

from payswitch.connectors.wechatpay.v2_signing import SignType, is_genuine, sign
from payswitch.connectors.wechatpay.v2_xml import MAX_BYTES, MAX_FIELDS, read_xml, write_xml
from payswitch.kit.secrets import Secret

KEY = Secret("192006250b4c09247ec02edce69f6a2d")


def test_what_wechat_writes() -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xml>\n<a><![CDATA[<b>&]]></a>\n <b>1&lt;2 &amp; &#x4e2d;</b>'
        "<c></c>\n<d/><e> 空格 </e></xml>\n"
    )
    assert read_xml(text.encode()) == {"a": "<b>&", "b": "1<2 & 中", "c": "", "d": "", "e": " 空格 "}


LAUGHS = '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><x>&b;</x></xml>'
REFUSED = {
    "entities": LAUGHS,
    "an external file": '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><x>&f;</x></xml>',
    "an external DTD": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><x>1</x></xml>',
    "a harmless doctype": "<!DOCTYPE xml><xml><x>1</x></xml>",
    "an unknown entity": "<xml><x>&nbsp;</x></xml>",
    "an instruction": "<xml><?php x ?><x>1</x></xml>",
    "an attribute": '<xml><x type="y">1</x></xml>',
    "nesting": "<xml><x><y>1</y></x></xml>",
    "a field twice": "<xml><x>1</x><x>2</x></xml>",
    "another root": "<html><x>1</x></html>",
    "text between": "<xml>hello<x>1</x></xml>",
    "two roots": "<xml></xml><xml></xml>",
    "a cut": "<xml><x>1</x>",
    "nothing": "",
    "JSON": '{"return_code":"SUCCESS"}',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_flat_list_of_fields_is_unreadable(text: str) -> None:
    assert read_xml(text.encode()) is None


def test_a_document_cannot_choose_its_encoding() -> None:
    text = '<?xml version="1.0" encoding="GBK"?><xml><x>中</x></xml>'
    assert read_xml(text.encode("gbk")) is None
    assert read_xml(text.encode()) == {"x": "中"}


def test_size_and_number_of_fields_are_bounded() -> None:
    assert read_xml(b"<xml><x>" + b"a" * MAX_BYTES + b"</x></xml>") is None
    many = "".join(f"<f{n}>1</f{n}>" for n in range(MAX_FIELDS + 1))
    assert read_xml(f"<xml>{many}</xml>".encode()) is None
    assert read_xml(("<xml>" + "<x>" * 10_000).encode()) is None


def test_whatever_the_bytes_nothing_is_raised() -> None:
    randomness = random.Random(20_261_111)
    good = write_xml({"return_code": "SUCCESS", "sign": "AB", "attach": "中&<"})
    for _ in range(3_000):
        data = bytearray(good)
        for _ in range(randomness.randrange(1, 5)):
            data[randomness.randrange(len(data))] = randomness.randrange(256)
        fields = read_xml(bytes(data))
        assert fields is None or isinstance(fields, dict)


def test_what_is_written_is_read_again() -> None:
    fields = {"body": "口红 <520> & ]]> \"镜\" 'x'", "total_fee": "1"}
    assert read_xml(write_xml(fields)) == fields


def test_the_documents_own_example_of_a_signature() -> None:
    """From WeChat's page on V2 signatures, both digests."""
    fields = {
        "appid": "wxd930ea5d5a258f4f",
        "mch_id": "10000100",
        "device_info": "1000",
        "body": "test",
        "nonce_str": "ibuaiVcKdpRxkhJA",
        "sign": "",
        "attach": "",
    }
    assert sign(fields, KEY, SignType.MD5) == "9A0A8659F005D6984697E2CA0A9CF3B7"
    hmac = "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
    assert sign(fields, KEY, SignType.HMAC_SHA256) == hmac
    assert is_genuine({**fields, "sign": hmac.lower()}, KEY, SignType.HMAC_SHA256)
    assert not is_genuine({**fields, "sign": hmac, "body": "test "}, KEY, SignType.HMAC_SHA256)
    assert not is_genuine({**fields, "sign": "签名"}, KEY, SignType.HMAC_SHA256)
    assert not is_genuine({**fields, "sign": ""}, KEY, SignType.MD5)
