"""WeChat's notifications: encrypted with the merchant's API v3 key, signed with WeChat's own."""

from __future__ import annotations

import base64

import msgspec

from payswitch.kit.crypto import aes_gcm_encrypt
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, RefundState
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.objects import refund_notice, transaction, wire_time
from payswitch.sandbox.wechatpay.signing import signed_headers
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification

NONCE_CHARACTERS = 12


def sealed_resource(core: SandboxCore, account: WechatAccount, plaintext: bytes, associated: str) -> dict[str, str]:
    """AEAD_AES_256_GCM as WeChat writes it; also the envelope of platform certificates."""
    nonce = core.ids.nonce()[:NONCE_CHARACTERS]
    sealed = aes_gcm_encrypt(account.api_v3_key, nonce.encode(), plaintext, associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode("ascii"),
        "associated_data": associated,
        "nonce": nonce,
    }


def build(
    core: SandboxCore, account: WechatAccount, order: Order, event: NotifyEvent, guise: Guise
) -> OutgoingNotification:
    """The message of this try: always the same id and content, freshly encrypted and signed."""
    extra_fen = 1 if guise is Guise.WRONG_AMOUNT else 0
    keys = account.keys
    if event.refund is not None:
        abnormal = event.refund.state is RefundState.ABNORMAL
        ending, summary = ("ABNORMAL", "退款异常") if abnormal else ("SUCCESS", "退款成功")
        kind, url = "refund", event.refund.notify_url
        content = refund_notice(order, event.refund, keys, amount_fen=event.refund.amount_fen + extra_fen)
    else:
        kind, ending, summary, url = "transaction", "SUCCESS", "支付成功", order.notify_url
        content = transaction(order, keys, "SUCCESS", amount_fen=order.amount_fen + extra_fen)
    body = msgspec.json.encode(
        {
            "id": event.event_id,
            "create_time": wire_time(event.at_ms),
            "resource_type": "encrypt-resource",
            "event_type": f"{kind.upper()}.{ending}",
            "summary": summary,
            "resource": {"original_type": kind, **sealed_resource(core, account, msgspec.json.encode(content), kind)},
        }
    )
    signer = account.notification_signer(event.event_id)
    if guise is Guise.FORGED:
        signer = signer.by_stranger()
    headers = signed_headers(signer, body, clock=core.clock, ids=core.ids, probe=guise is Guise.PROBE)
    common = {"Content-Type": "application/json", "Accept": "*/*", "User-Agent": "Mozilla/4.0"}
    return OutgoingNotification(url=url, body=body, headers=common | headers)
