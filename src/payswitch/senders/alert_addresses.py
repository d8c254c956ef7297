"""What an alert receiver's address is made of, and what is wrong with one: named by its field, never quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from payswitch.domain.alert import ReceiverKind
from payswitch.domain.alert_delivery import Address
from payswitch.kit.addresses import is_web_address
from payswitch.kit.secrets import Secret
from payswitch.senders.mail import mail_problems
from payswitch.senders.signing import PREFIX, WebhookSecretError, key_of

KNOWN: Final[Mapping[ReceiverKind, Sequence[str]]] = {
    ReceiverKind.DINGTALK: ("url", "secret", "keyword"),
    ReceiverKind.FEISHU: ("url", "secret", "keyword"),
    ReceiverKind.WECOM: ("url",),
    ReceiverKind.WEBHOOK: ("url", "secret"),
    ReceiverKind.EMAIL: ("host", "port", "security", "user", "password", "from", "to"),
}


def address_problems(kind: ReceiverKind, address: Address) -> list[str]:
    """Everything that is missing, unknown or wrong."""
    known = KNOWN[kind]
    listed = ", ".join(known)
    found = [f"{name}: is not known here; known: {listed} / 未知的配置项" for name in address if name not in known]
    if kind is ReceiverKind.EMAIL:
        return [*found, *mail_problems(address)]
    if not is_web_address(address.get("url", ""), with_query=True):
        found.append("url: must be an http(s) address without user name and # / 须为 http(s) 地址，不含用户名和 #")
    if kind is ReceiverKind.WEBHOOK and not _is_webhook_secret(address.get("secret", "")):
        found.append("secret: must be whsec_ and base64 / 须为 whsec_ 加 base64")
    return found


def _is_webhook_secret(text: str) -> bool:
    try:
        return text.startswith(PREFIX) and bool(key_of(Secret(text)))
    except WebhookSecretError:
        return False
