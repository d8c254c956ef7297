"""Can the pull checks fail? An honest client in memory passes all; each dishonest one is caught by its check."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace
from tests.connectors.conformance.dishonest_clients import CAUGHT_BY
from tests.connectors.conformance.reference_bank import KEY, Bank, HonestClient

from payswitch.connectors.conformance import (
    CHECKS,
    DEBIT_CHECKS,
    SMS_CHECKS,
    TABLE_CHECKS,
    Customer,
    DebitCheck,
    Lost,
    checks_for,
    debit_checks_for,
)
from payswitch.domain.channel import Capability, Closing, Consent, CredentialKind, Environment, Method, Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest
from payswitch.kit.secrets import Secret

NOW_MS = 1_794_400_625_000

CODE_PAY = Capability(
    product=Product.ALIPAY_CODE,
    method=Method.ALIPAY,
    push=False,
    server_created=True,
    environments=frozenset({Environment.COUNTER}),
    consent=Consent.PAYMENT_CODE,
    closing=Closing.NO,
    credential=CredentialKind.NONE,
)
CARD = Capability(
    product=Product.QUICKPAY_CARD,
    method=Method.QUICKPAY,
    push=False,
    server_created=True,
    environments=frozenset({Environment.MOBILE}),
    consent=Consent.SMS_CODE,
    needs_agreement=True,
    closing=Closing.NO,
    credential=CredentialKind.SMS,
)
SCANNED = Capability(
    product=Product.WECHAT_NATIVE,
    method=Method.WECHAT,
    push=True,
    server_created=True,
    environments=frozenset({Environment.DESKTOP}),
    closing=Closing.YES,
    credential=CredentialKind.QR,
)


class MemorySubject:
    """See `payswitch.connectors.conformance.DebitSubject`."""

    def __init__(self, make: type[HonestClient], *, created_first: bool) -> None:
        self.bank = Bank()
        self.client = make(self.bank, created_first=created_first)
        self.stranded = make(self.bank, reachable=False, created_first=created_first)
        self.capability = CARD if created_first else CODE_PAY
        self.secrets = [KEY]
        self.customers = frozenset(Customer)
        self.notifies = True
        self._numbers = itertools.count(1)

    def new_order(self) -> CreateOrder:
        return CreateOrder(
            channel_order_no=f"P{next(self._numbers):08d}",
            product=self.capability.product,
            amount_fen=12_900,
            subject="爆款",
            created_at_ms=NOW_MS,
            expires_at_ms=NOW_MS + 600_000,
            notify_url="http://127.0.0.1:1/notify",
            environment=Environment.COUNTER,
        )

    async def consent(self, order: CreateOrder, customer: Customer) -> Secret:
        return self.bank.give_consent(customer)

    async def confirm(self, order: CreateOrder) -> None:
        self.bank.pay(order)

    async def lose_answers(self, lost: Lost) -> None:
        self.bank.lost = lost

    async def let_pass(self, seconds: float) -> None:
        """The books in memory know no time."""

    async def kept_fen(self, order: CreateOrder) -> int:
        entry = self.bank.entries.get(order.channel_order_no)
        return entry.kept_fen if entry is not None else 0

    async def told(self) -> NotifyRequest:
        return self.bank.notices.pop(0)


@pytest.mark.parametrize("check", DEBIT_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("created_first", [False, True], ids=["one-step", "two-step"])
async def test_an_honest_client_passes(check: DebitCheck, created_first: bool) -> None:
    await check(MemorySubject(HonestClient, created_first=created_first))


@pytest.mark.parametrize("check", SMS_CHECKS, ids=lambda check: check.__name__)
async def test_an_honest_client_with_codes_passes(check: DebitCheck) -> None:
    await check(MemorySubject(HonestClient, created_first=True))


@pytest.mark.parametrize(
    ("make", "created_first", "name"), CAUGHT_BY, ids=[f"{make.__name__}-{name}" for make, _, name in CAUGHT_BY]
)
async def test_a_dishonest_client_is_caught(make: type[HonestClient], created_first: bool, name: str) -> None:
    check = next(check for check in (*DEBIT_CHECKS, *SMS_CHECKS) if check.__name__ == name)
    with pytest.raises(AssertionError) as caught:
        await check(MemorySubject(make, created_first=created_first))
    assert "assert" not in str(caught.value).splitlines()[0], "a check says what is wrong in a sentence"


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check.__name__ for check in (*DEBIT_CHECKS, *SMS_CHECKS)} == {name for _, _, name in CAUGHT_BY}


def test_each_product_gets_the_checks_of_its_kind_and_no_others() -> None:
    assert (checks_for(SCANNED), debit_checks_for(SCANNED)) == (CHECKS, ())
    assert (checks_for(CODE_PAY), debit_checks_for(CODE_PAY)) == ((), DEBIT_CHECKS)
    assert (checks_for(CARD), debit_checks_for(CARD)) == ((), (*DEBIT_CHECKS, *SMS_CHECKS))


@pytest.mark.parametrize("capability", [CODE_PAY, CARD, SCANNED], ids=lambda row: row.product.value)
@pytest.mark.parametrize("check", TABLE_CHECKS, ids=lambda check: check.__name__)
def test_good_rows_pass(check: object, capability: Capability) -> None:
    check(capability)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("row", "changes", "sentence"),
    [
        (SCANNED, {"consent": Consent.PAYMENT_CODE}, "push, but the table asks for a consent"),
        (CODE_PAY, {"consent": None}, "pull, but the table does not say what the customer gives"),
        (CODE_PAY, {"server_created": False}, "a debit is a call"),
        (CODE_PAY, {"credential": CredentialKind.QR}, "nothing is shown exactly when"),
        (CARD, {"credential": CredentialKind.QR}, "an SMS belongs to"),
        (SCANNED, {"environments": frozenset()}, "no environment"),
        (SCANNED, {"environments": frozenset({Environment.COUNTER})}, "at the counter"),
        (SCANNED, {"min_fen": 0}, "at least one fen"),
        (SCANNED, {"min_fen": 500, "max_fen": 400}, "min_fen is more"),
        (SCANNED, {"least_expiry_s": 600, "most_expiry_s": 60}, "least_expiry_s is more"),
        (SCANNED, {"credential_valid_s": 0}, "never valid"),
        (SCANNED, {"late_s": -1}, "late_s"),
        (CODE_PAY, {"reverse_after_s": 0}, "while it is still being done"),
    ],
)
def test_a_row_that_makes_no_sense_is_caught(row: Capability, changes: dict[str, object], sentence: str) -> None:
    changed = replace(row, **changes)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=sentence):
        _check_all(changed)


def _check_all(row: Capability) -> None:
    for check in TABLE_CHECKS:
        check(row)
