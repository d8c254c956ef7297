"""Three channels where cards are signed up: two that reach ICBC, one that reaches CCB; and people with cards."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    Consent,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.exchange import AgreementAnswer, AgreementOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret
from payswitch.services.commands import ApplyAgreement
from tests.services.fake_channel import FakeChannel
from tests.services.fake_directory import TABLES, FakeDirectory
from tests.services.harness import Night

RIGHT_CODE = "888888"
CARD, ID_NO, NAME, MOBILE, CVV2 = "6222021111111119876", "440524199001011234", "欧阳小红", "13800138000", "907"
SECRETS = (CARD, ID_NO, NAME, MOBILE, RIGHT_CODE, "secret-agreement", "secret-handle")

SENT = Outcome(kind=OutcomeKind.ACCEPTED, code="1999")
WRONG_CODE = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="3999", message="验证码", ask_consent=True)
BAD_CARD = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="3031", message="实名")

CARDS: CapabilityTable = {
    Product.QUICKPAY_CARD: Capability(
        product=Product.QUICKPAY_CARD,
        method=Method.QUICKPAY,
        push=False,
        server_created=True,
        environments=frozenset(Environment) - {Environment.COUNTER},
        needs_agreement=True,
        consent=Consent.SMS_CODE,
        closing=Closing.YES,
        credential=CredentialKind.SMS,
    )
}


class BankChannel(FakeChannel):
    """A channel with a desk for cards. `apply_script` and its like hold the next answers; else all goes well."""

    def __init__(self, channel_id: str, clock: ManualClock, *banks: str) -> None:
        super().__init__(channel_id, clock)
        self.banks = frozenset(banks)
        self.apply_script: deque[Outcome] = deque()
        self.confirm_script: deque[Outcome] = deque()
        self.end_script: deque[Outcome] = deque()
        self.applied: list[AgreementOrder] = []
        self.handles: list[str] = []
        self.codes: list[str] = []
        self.ended: list[str] = []

    async def apply_agreement(self, order: AgreementOrder, timeout_ms: int) -> AgreementAnswer:
        self.applied.append(order)
        outcome = self.apply_script.popleft() if self.apply_script else SENT
        return AgreementAnswer(outcome=outcome, handle=f"secret-handle-{len(self.applied)}")

    async def confirm_agreement(
        self, order: AgreementOrder, handle: str, sms_code: Secret, timeout_ms: int
    ) -> AgreementAnswer:
        assert order == self.applied[-1], "card and holder come a second time, the same"
        assert handle == f"secret-handle-{len(self.applied)}", "with what came back with the last SMS"
        self.codes.append(sms_code.reveal())
        if self.confirm_script:
            return AgreementAnswer(outcome=self.confirm_script.popleft())
        if sms_code.reveal() != RIGHT_CODE:
            return AgreementAnswer(outcome=WRONG_CODE)
        return AgreementAnswer(outcome=SENT, agreement_no=f"secret-agreement-{self.channel_id}")

    async def end_agreement(self, agreement_no: str, timeout_ms: int) -> Outcome:
        self.ended.append(agreement_no)
        return self.end_script.popleft() if self.end_script else Outcome(kind=OutcomeKind.CLOSED)


class BankStreet(FakeDirectory):
    """The harness's channels with three banks' channels beside them."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.first = BankChannel("icbc-first", clock, "icbc")
        self.second = BankChannel("icbc-second", clock, "icbc", "abc")
        self.ccb = BankChannel("ccb-only", clock, "ccb")
        self.clients |= {bank.channel_id: bank for bank in self.banks}
        for bank, tier in zip(self.banks, (1, 2, 1), strict=True):
            product = Product.QUICKPAY_CARD
            self._channels[bank.channel_id] = self._channel(bank.channel_id, "cards", product, bank.channel_id, tier)

    @property
    def banks(self) -> Sequence[BankChannel]:
        return (self.first, self.second, self.ccb)

    def capabilities(self, connector: str) -> CapabilityTable:
        tables: Mapping[str, CapabilityTable] = {**TABLES, "cards": CARDS}
        return tables[connector]

    def set_channel(self, channel_id: str, **changes: Any) -> None:
        channel: Channel = self._channels[channel_id]
        self._channels[channel_id] = msgspec.structs.replace(channel, **changes)


def move_in(night: Night) -> BankStreet:
    """Open the street beside the night's other channels."""
    street = BankStreet(night.clock)
    night.directory = street
    night.ctx.directory = street
    return street


def application(**changes: Any) -> ApplyAgreement:
    fields: dict[str, Any] = {
        "customer_id": "c-77",
        "bank": "icbc",
        "card_no": Secret(CARD),
        "id_no": Secret(ID_NO),
        "name": Secret(NAME),
        "mobile": Secret(MOBILE),
    }
    return ApplyAgreement(**(fields | changes))
