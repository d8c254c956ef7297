"""What the admin API shows of a channel test: the credential to scan, and how far the money has come."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Product
from payswitch.entry.api import refund_views, views
from payswitch.entry.api.admin.channels.channel_views import FindingView, finding_view
from payswitch.services.channels.channel_tests import TEST_FEN, ChannelTest, TestState
from payswitch.services.payments.launching import shown_attempt


class ChannelTestView(msgspec.Struct, frozen=True, kw_only=True):
    """One test of a channel: 0.01 yuan, paid and returned."""

    test_id: str
    channel_id: str
    payment_id: str
    state: TestState
    product: Product | None
    amount_fen: int
    credential: views.CredentialView | None
    """Scan or open it, while the state is `waiting`."""
    checkout_url: str
    """A page that shows the same credential, for one that is a form."""
    transaction_id: str | None
    refund: refund_views.RefundView | None
    finding: FindingView | None
    """Why the channel refused, and how to mend it."""


def test_view(test: ChannelTest, checkout_url: str, now_ms: int) -> ChannelTestView:
    file = test.file
    attempt = file.for_customer[-1] if file.for_customer else None
    return ChannelTestView(
        test_id=test.test_id,
        channel_id=test.channel_id,
        payment_id=file.payment.payment_id,
        state=test.state,
        product=attempt.product if attempt else None,
        amount_fen=TEST_FEN,
        credential=views.credential_view(shown_attempt(file, now_ms)),
        checkout_url=checkout_url,
        transaction_id=attempt.transaction_id if attempt else None,
        refund=refund_views.refund_view(file.refunds[-1]) if file.refunds else None,
        finding=finding_view(test.finding) if test.finding else None,
    )
