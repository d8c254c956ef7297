"""WeChat's notifications: verify the raw bytes, decrypt, read. No I/O: WeChat waits 5 seconds for the answer."""

from __future__ import annotations

from payswitch.connectors.wechatpay.facts import order_fact, refund_fact
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.platform_certificates import ALGORITHM, decrypt
from payswitch.connectors.wechatpay.verifying import Verdict, verify
from payswitch.connectors.wechatpay.wire import Notification, RefundStatus, Transaction, decode
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

ACCEPTED_REPLY = Reply(status=200, content_type="application/json", body='{"code":"SUCCESS","message":"成功"}'.encode())
REFUSED_REPLY = Reply(status=400, content_type="application/json", body='{"code":"FAIL","message":"失败"}'.encode())


def judge(request: NotifyRequest, account: WechatAccount, *, now_ms: int) -> Verdict:
    """Whether the message is WeChat's: signature over the raw body, at most 5 minutes old."""
    return verify(request.headers, request.body, keys=account.key_ring, now_ms=now_ms)


def read(request: NotifyRequest, account: WechatAccount, verdict: Verdict) -> NotifyAnswer:
    """The facts of a genuine notification, or why it is not believed. Payments are notified only when they succeed;
    refunds when they succeed, are closed or become abnormal."""
    if verdict is not Verdict.GENUINE:
        return _refused(OutcomeKind.UNTRUSTED, verdict.value, probe=verdict is Verdict.PROBE)
    notification = decode(request.body, Notification)
    if notification is None:
        return _refused(OutcomeKind.REFUSED_CONFIG, "unreadable")
    resource = notification.resource
    if resource.algorithm != ALGORITHM:
        return _refused(OutcomeKind.UNTRUSTED, "unknown_algorithm")
    plain = decrypt(
        account.api_v3_key,
        nonce=resource.nonce,
        ciphertext=resource.ciphertext,
        associated_data=resource.associated_data,
    )
    if plain is None:
        # Signed by WeChat and yet not for our APIv3 key: the configured key is wrong or was changed there.
        return _refused(OutcomeKind.UNTRUSTED, "decrypt_failed")
    return _facts(notification.event_type, plain, account)


def _facts(event_type: str, plain: bytes, account: WechatAccount) -> NotifyAnswer:
    accepted = Outcome(kind=OutcomeKind.ACCEPTED, code=event_type)
    if event_type.startswith("TRANSACTION."):
        transaction = decode(plain, Transaction)
        if transaction is None:
            return _refused(OutcomeKind.UNTRUSTED, "unreadable")
        return NotifyAnswer(outcome=accepted, order=order_fact(transaction, account.party))
    if event_type.startswith("REFUND."):
        refund = decode(plain, RefundStatus)
        if refund is None:
            return _refused(OutcomeKind.UNTRUSTED, "unreadable")
        if not account.party.owns_refund(refund):
            return _refused(OutcomeKind.UNTRUSTED, "wrong_merchant")
        return NotifyAnswer(outcome=accepted, refund=refund_fact(refund))
    # Genuine news about something that is not ours (vouchers, pay-score): acknowledged, or it would come for a day.
    return NotifyAnswer(outcome=accepted)


def _refused(kind: OutcomeKind, code: str, *, probe: bool = False) -> NotifyAnswer:
    return NotifyAnswer(outcome=Outcome(kind=kind, code=code), probe=probe)
