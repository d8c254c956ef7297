"""Inbound notifications: verify, compare with the account, read the facts, and know what to answer.

Huifu wants to hear the number of the very message (`RECV_ORD_ID_<req_seq_id>`) within 5 s, or it repeats the message,
at most three times. So the reply is made here, from the verified message, and travels with the answer: nothing is
remembered between two messages that arrive at once. A message has no freshness of its own; a repeat is harmless
because facts only move forward.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.forms import read_form
from payswitch.connectors.huifu.account import HuifuAccount
from payswitch.connectors.huifu.answers import untrusted
from payswitch.connectors.huifu.facts import order_fact, refund_fact
from payswitch.connectors.huifu.signing import Trust, judge_notification
from payswitch.connectors.huifu.wire import Fields, read_members, text_fields
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

_REFUND: Final = "TRANS_REFUND"
_RECEIVED: Final = "RECV_ORD_ID_"
_NO_NOTIFICATION: Final = NotifyAnswer(
    outcome=Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="not_a_notification", message="not a signed Huifu notification form"
    )
)
REFUSED_REPLY: Final = Reply(status=400, body=b"FAIL")
"""Anything but the expected text makes Huifu send again."""


def read_notification(request: NotifyRequest, account: HuifuAccount) -> NotifyAnswer:
    """Facts only if the signature is Huifu's and the merchant is this account's."""
    form = read_form(request.body) if request.method.upper() == "POST" else None
    text = form.get("resp_data", "") if form is not None else ""
    members = read_members(text.encode()) if text else None
    if form is None or members is None:
        return _NO_NOTIFICATION
    trust = judge_notification(text, members, form.get("sign", ""), account.huifu_key)
    if trust is Trust.UNSIGNED:
        return _NO_NOTIFICATION
    if trust is Trust.FORGED:
        return _refused("bad_signature", "the notification's signature is not Huifu's for this account")
    fields = text_fields(members)
    if fields.get("huifu_id") != account.huifu_id:
        return _refused("wrong_huifu_id", "the notification is about another merchant's trade")
    return _read(fields, account)


def _read(fields: Fields, account: HuifuAccount) -> NotifyAnswer:
    number, stat = fields.get("req_seq_id", ""), fields.get("trans_stat", "")
    believed = Outcome(kind=OutcomeKind.ACCEPTED, code=f"trans_stat_{stat}" if stat else "no_trans_stat")
    reply = received(number)
    if not number or not stat:
        # Genuine, but about something else than a trade's result (unfreezing, booking): nothing to apply.
        return NotifyAnswer(outcome=believed, reply=reply)
    if fields.get("trans_type") == _REFUND:
        refund = refund_fact(fields, number, channel_refund_id=fields.get("hf_seq_id", ""))
        return NotifyAnswer(outcome=believed, refund=refund, reply=reply)
    return NotifyAnswer(outcome=believed, order=order_fact(fields, number, account.huifu_id), reply=reply)


def _refused(code: str, message: str) -> NotifyAnswer:
    return NotifyAnswer(outcome=untrusted(code, message))


def received(number: str) -> Reply:
    """ "I have it": the text that ends the tries of this message."""
    return Reply(status=200, body=f"{_RECEIVED}{number}".encode())
