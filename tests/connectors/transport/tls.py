"""Certificates that no machine trusts, made anew for each run: a server's for 127.0.0.1, and shops' for themselves."""

from __future__ import annotations

import functools
import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from payswitch.connectors.transport import ClientTls
from payswitch.kit.secrets import Secret


@functools.cache
def certificate(common_name: str = "127.0.0.1") -> tuple[str, str]:
    """A self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), pem_key.decode()


def server_context(*, clients: tuple[str, ...] = ()) -> ssl.SSLContext:
    """With `clients`, only whoever shows the certificate of one of them gets in."""
    own, key = certificate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_text(own + key)
        context.load_cert_chain(path)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata="".join(certificate(client)[0] for client in clients))
    return context


def identity(client: str, *, trusted_ca_pem: str | None = None) -> ClientTls:
    """What a shop of that name shows. It trusts the server of these tests and nobody else."""
    own, key = certificate(client)
    ca = certificate()[0] if trusted_ca_pem is None else trusted_ca_pem
    return ClientTls(certificate_pem=own, private_key_pem=Secret(key), trusted_ca_pem=ca)


def trusting_context() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=certificate()[0])
