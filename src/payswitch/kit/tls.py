"""Giving a certificate and its key to Python's ssl module, which reads them from files only."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path

from payswitch.kit.secrets import Secret


def load_identity(context: ssl.SSLContext, certificate_pem: str, private_key_pem: Secret) -> None:
    """Make the context show this certificate. Raises ssl.SSLError when the two are unreadable or no pair.

    The key lies in a file for the owner only, for as long as the call takes, and never stays behind.
    """
    # mkstemp makes the file with mode 0600, whatever the umask.
    descriptor, name = tempfile.mkstemp(prefix="payswitch-", suffix=".pem")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{certificate_pem.strip()}\n{private_key_pem.reveal().strip()}\n")
        # Without a password of our own, OpenSSL would ask the terminal for that of an encrypted key.
        context.load_cert_chain(name, password=lambda: "")
    finally:
        Path(name).unlink()
