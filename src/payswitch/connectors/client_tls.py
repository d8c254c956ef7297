"""The TLS context of a call that shows a client certificate."""

from __future__ import annotations

import ssl

from payswitch.connectors.transport import ClientTls
from payswitch.kit.tls import load_identity


def make_context(tls: ClientTls) -> ssl.SSLContext:
    """Shows our certificate, verifies the channel's. Raises ssl.SSLError for keys that cannot be used.

    TLS 1.2 and no later: there the channel judges our certificate inside the handshake. In TLS 1.3 the client is done
    first and sends its request while the other side may still refuse the certificate, so that a refused one could
    not be told from a lost answer.
    """
    try:
        context = ssl.create_default_context(cadata=tls.trusted_ca_pem or None)
    except (TypeError, ValueError) as error:
        raise ssl.SSLError(str(error)) from error
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    load_identity(context, tls.certificate_pem, tls.private_key_pem)
    return context


def problem_of(tls: ClientTls) -> str:
    """Why this identity cannot be used, in one sentence without a secret; empty: it can. For `Connector.open`."""
    try:
        make_context(tls)
    except ssl.SSLError as error:
        return _WORDS.get(getattr(error, "reason", ""), _UNREADABLE)
    return ""


_UNREADABLE = "certificate, private key or CA is no readable PEM text / 证书、私钥或 CA 不是可读的 PEM 文本"
_WORDS = {
    "KEY_VALUES_MISMATCH": "the private key does not belong to the certificate / 私钥与证书不匹配",
    "KEY_TYPE_MISMATCH": "the private key does not belong to the certificate / 私钥与证书不匹配",
}
