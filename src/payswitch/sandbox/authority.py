"""双向 TLS: the sandbox's own certificate authority, and what it issues.

Channels that want to see a client certificate are served on a TLS port beside the plain one. The authority signs that
port's certificate and those of the accounts; nobody outside of a sandbox trusts it.
"""

from __future__ import annotations

import ipaddress
import ssl
from functools import cache
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from payswitch.kit.secrets import Secret
from payswitch.kit.tls import load_identity
from payswitch.sandbox.certificates import Subject, new_certificate, pem_of

_SELF = Subject("Sandbox TLS CA", "Certification Authority", "Sandbox Pay")
_OWN_NAMES = ("127.0.0.1", "::1", "localhost")
"""What the TLS port is reached by on this machine, besides the host of its address."""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Part of the world, so that certificates stay good over a restart."""

    certificate: str
    private_key: str

    def __repr__(self) -> str:
        return "Authority()"

    def issue_client(self, subject: Subject, private_pem: str) -> str:
        """A client certificate over this private key."""
        key = serialization.load_pem_private_key(private_pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise TypeError("client certificates are issued over RSA and elliptic keys")
        return self._signed(new_certificate(subject, _SELF).public_key(key.public_key()), _CLIENT)

    def server_context(self, host: str) -> ssl.SSLContext:
        """For the TLS port: asks for a certificate, refuses one of another authority, serves callers without one.

        Which account's certificate it must be is the wire's business (`shows`), because one port is every channel's.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general(name) for name in dict.fromkeys((host, *_OWN_NAMES))])
        builder = new_certificate(Subject(host, "Sandbox", "Sandbox Pay"), _SELF).public_key(key.public_key())
        certificate = self._signed(builder.add_extension(names, critical=False), _SERVER)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load_identity(context, certificate, Secret(_pem_of_key(key)))
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=self.certificate)
        return context

    def _signed(self, builder: x509.CertificateBuilder, usage: x509.ExtendedKeyUsage) -> str:
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the sandbox's authority has an elliptic key")
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        whole = builder.add_extension(usage, critical=False).add_extension(issuer, critical=False)
        return pem_of(whole.sign(key, hashes.SHA256()))


def make_authority() -> Authority:
    """A new one, with an elliptic key: made in no time."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = new_certificate(_SELF, _SELF).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(_CA_USAGE, critical=True)
    return Authority(certificate=pem_of(builder.sign(key, hashes.SHA256())), private_key=_pem_of_key(key))


@cache
def house() -> Authority:
    """The authority of the accounts and worlds that this process makes; a world keeps the one it was made with."""
    return make_authority()


def shows(request: web.Request, certificate_pem: str) -> bool:
    """Whether the caller came over TLS with exactly this certificate."""
    secured = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
    shown = secured.getpeercert(binary_form=True) if secured is not None else None
    return shown is not None and shown == ssl.PEM_cert_to_DER_cert(certificate_pem)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or "127.0.0.1"


_CA_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
_CLIENT = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
_SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
