"""Inbound notifications of both versions: verify, see that they can be read in one way only, read the fact.

There is no freshness to check: a repeat carries the same facts, and the funnel that applies them only moves forward.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from payswitch.connectors.epay.facts import notified_order, untrusted
from payswitch.connectors.epay.wire import Fields
from payswitch.connectors.forms import read_form
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_NO_NOTIFICATION: Final = NotifyAnswer(
    outcome=Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="not_a_notification", message="not a signed epay notification"
    )
)


def read_notification(request: NotifyRequest, *, pid: str, genuine: Callable[[Fields], bool]) -> NotifyAnswer:
    """A fact only if the signature is right, the text under it has one meaning, and the merchant is this account's.

    Platforms notify with GET, everything in the query; a form that was posted says the same thing.
    """
    form = _fields(request)
    if form is None or not form.get("sign"):
        return _NO_NOTIFICATION
    if not genuine(form):
        return _refused("bad_signature", "the notification's signature is not the platform's for this account")
    if not _has_one_meaning(form):
        return _refused("ambiguous", "the signed text can be cut into fields in another way, too")
    if form.get("pid") != pid:
        return _refused("wrong_pid", "the notification is for another merchant")
    believed = Outcome(kind=OutcomeKind.ACCEPTED, code=form.get("trade_status", "")[:40])
    number = form.get("out_trade_no", "")
    if not number:
        return NotifyAnswer(outcome=believed)
    return NotifyAnswer(outcome=believed, order=notified_order(form, number, pid))


def _has_one_meaning(form: Fields) -> bool:
    """The signed text joins unescaped names and values with `&` and `=`. Where one of them holds such a character, the
    same text, under the same signature, also spells another message: perhaps one about another order. Ours never
    do (`products.clean_name`)."""
    return all(_NAME.fullmatch(name) and "&" not in value for name, value in form.items())


def _fields(request: NotifyRequest) -> dict[str, str] | None:
    if request.method.upper() == "GET":
        return read_form(request.query)
    try:
        return read_form(request.body.decode("ascii"))
    except UnicodeDecodeError:
        return None


def _refused(code: str, message: str) -> NotifyAnswer:
    return NotifyAnswer(outcome=untrusted(code, message))


def acknowledgement(accepted: bool) -> Reply:
    """Exactly `success`. Anything else makes the platform send again, on a schedule of its own."""
    return Reply(status=200, body=b"success" if accepted else b"fail")
