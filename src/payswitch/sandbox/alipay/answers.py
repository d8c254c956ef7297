"""Writing the gateway's answers: the signature is over the node's raw bytes, exactly as they are sent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from payswitch.kit.crypto import SigningKey
from payswitch.sandbox.alipay.codes import Problem

CONTENT_TYPE = "text/html;charset=utf-8"
"""What the real gateway says, although the body is JSON."""

_UNSIGNED_METHOD_NODE = frozenset({"isv.invalid-app-id"})


def node_name(method: str) -> str:
    return method.replace(".", "_") + "_response"


def node_bytes(fields: Mapping[str, object]) -> bytes:
    """The node as JSON. Slashes are escaped (`\\/`) as the real gateway does, so that a client that decodes and
    encodes again before verifying is caught."""
    return msgspec.json.encode(fields).replace(b"/", b"\\/")


def signed(method: str, node: bytes, key: SigningKey, alipay_cert_sn: str | None = None) -> bytes:
    """`{"<method>_response":{...},"alipay_cert_sn":"...","sign":"..."}`; the serial number in certificate mode only."""
    return with_signature(method, node, key.sign(node), alipay_cert_sn)


def with_signature(method: str, node: bytes, signature: str, alipay_cert_sn: str | None = None) -> bytes:
    certificate = b"" if alipay_cert_sn is None else b',"alipay_cert_sn":"%b"' % alipay_cert_sn.encode()
    return b'{"%b":%b%b,"sign":"%b"}' % (node_name(method).encode(), node, certificate, signature.encode())


def unsigned(method: str | None, problem: Problem) -> bytes:
    """A refusal at the door, without a signature.

    Two shapes exist on the real wire and both are spoken here: an unknown application is told in the method's
    own node, everything else in `error_response`.
    """
    name = node_name(method) if method and problem.sub_code in _UNSIGNED_METHOD_NODE else "error_response"
    return b'{"%b":%b}' % (name.encode(), node_bytes(problem.node()))
