"""From what a platform answers (a page, a code's text, an app's address) to what the customer is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from payswitch.connectors.epay.products import CREDENTIAL_VALID_S
from payswitch.domain.channel import Credential, CredentialKind, Environment
from payswitch.domain.exchange import CreateOrder

PAGE: Final = "payurl"
CODE: Final = "qrcode"
APP_LINK: Final = "urlscheme"

_SCANNING: Final = frozenset({Environment.DESKTOP, Environment.RESTRICTED})
"""Where another screen, or a saved picture, is scanned. Elsewhere the customer holds the wallet in the same hand."""
_SCAN_FIRST: Final = (CODE, PAGE, APP_LINK)
_OPEN_FIRST: Final = (APP_LINK, PAGE, CODE)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_SCRIPTS: Final = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "view-source"})
"""Never opened in a customer's browser, whoever says so."""


def credential_from(offers: Mapping[str, str], order: CreateOrder, *, base_url: str, now_ms: int) -> Credential | None:
    """The offer that suits the customer's screen best; None when nothing usable was offered.

    The protocol promises exactly one of the three; some platforms send several.
    """
    for name in _SCAN_FIRST if order.environment in _SCANNING else _OPEN_FIRST:
        content = _absolute(offers.get(name, "").strip(), base_url)
        kind = _kind(name, content, order.environment)
        if kind is not None:
            return Credential(kind=kind, content=content, expires_at_ms=ends_at_ms(order, now_ms))
    return None


def ends_at_ms(order: CreateOrder, now_ms: int) -> int:
    return min(order.expires_at_ms, now_ms + CREDENTIAL_VALID_S * 1_000)


def _kind(name: str, content: str, environment: Environment) -> CredentialKind | None:
    if not content or not content.isprintable():
        return None
    if name == CODE:
        # A code whose text is a web address is opened on a phone: nobody scans their own screen.
        opened = is_web_address(content) and environment not in _SCANNING
        return CredentialKind.REDIRECT if opened else CredentialKind.QR
    usable = is_web_address(content) if name == PAGE else _is_app_link(content)
    return CredentialKind.REDIRECT if usable else None


def _absolute(content: str, base_url: str) -> str:
    """Some platforms answer with a path of their own site."""
    return urljoin(base_url + "/", content) if content.startswith("/") else content


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text


def _is_app_link(text: str) -> bool:
    scheme = _SCHEME.match(text)
    return scheme is not None and scheme[1].lower() not in _SCRIPTS and " " not in text
