"""What every connector must do, as checks that anybody can run on theirs.

A connector's author gives a subject: a client of an account, and hands on the channel's other side (a stand-in, or a
provider's own test environment). The checks then tell the stories that the switch lives by. In a test:

    @pytest.mark.parametrize("check", checks_for(capability), ids=lambda check: check.__name__)
    async def test_conformance(check, subject):
        await check(subject)

| product | subject | checks |
|---|---|---|
| push | `Subject` | `CHECKS` |
| pull (`DebitClient`) | `DebitSubject` | `DEBIT_CHECKS`, and `SMS_CHECKS` where the bank sends a code first |
| daily bill (`BillSource`) | `BillSubject` | `BILL_CHECKS` |
| the table itself | a `Capability` | `TABLE_CHECKS`, `every_product_can_be_opened` |

`checks_for` and `debit_checks_for` choose by the capability: none for a product of the other kind. A check raises
AssertionError with a sentence about what the connector did wrong. None of them knows a wire format.
"""

from __future__ import annotations

from payswitch.connectors.conformance.bills import BILL_CHECKS, BillCheck, BillSubject, BusyDay
from payswitch.connectors.conformance.pull import DEBIT_CHECKS, DebitCheck, is_created_first
from payswitch.connectors.conformance.push import CHECKS, Check
from payswitch.connectors.conformance.shared import ref_of
from payswitch.connectors.conformance.sms import SMS_CHECKS
from payswitch.connectors.conformance.subjects import Customer, DebitSubject, Lost, PullClient, Subject
from payswitch.connectors.conformance.tables import TABLE_CHECKS, CapabilityCheck, every_product_can_be_opened
from payswitch.domain.channel import Capability

__all__ = [
    "BILL_CHECKS",
    "CHECKS",
    "DEBIT_CHECKS",
    "SMS_CHECKS",
    "TABLE_CHECKS",
    "BillCheck",
    "BillSubject",
    "BusyDay",
    "CapabilityCheck",
    "Check",
    "Customer",
    "DebitCheck",
    "DebitSubject",
    "Lost",
    "PullClient",
    "Subject",
    "checks_for",
    "debit_checks_for",
    "every_product_can_be_opened",
    "ref_of",
]


def checks_for(capability: Capability) -> tuple[Check, ...]:
    """The checks of a push product; none for a pull product."""
    return CHECKS if capability.push else ()


def debit_checks_for(capability: Capability) -> tuple[DebitCheck, ...]:
    """The checks of a pull product; none for a push product."""
    if capability.push:
        return ()
    return (*DEBIT_CHECKS, *SMS_CHECKS) if is_created_first(capability) else DEBIT_CHECKS
