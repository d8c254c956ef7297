"""What a respCode proves about the debit of a token, where that differs from UnionPay's table.

A token is made by the customer's browser: whoever changes the page can have one made for another amount, or send bytes
that nobody can decrypt. The acquirer then complains of us (10, 36), but it is the customer's matter: it must not take
the channel out for everybody else. Which codes an acquirer uses here is not confirmed [M].
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from payswitch.domain.outcome import Outcome, OutcomeKind

OF_THE_TOKEN: Final = frozenset({"10", "36"})
"""The message's format (a token that cannot be read), and "differs from the original" (a token for another amount)."""
_PERHAPS_THE_TOKEN: Final = re.compile(r"[0-9A-Za-z+/=]{24,}")


def debited(outcome: Outcome) -> Outcome:
    """The outcome of a debit's answer other than success, seen with the token in mind. Should the acquirer's words
    quote the token, they are told without it: a message is stored, logged and shown."""
    outcome = replace(outcome, message=_PERHAPS_THE_TOKEN.sub("***", outcome.message))
    if outcome.kind is OutcomeKind.REFUSED_CONFIG and outcome.code in OF_THE_TOKEN:
        return replace(outcome, kind=OutcomeKind.REFUSED_PAYER)
    return outcome
