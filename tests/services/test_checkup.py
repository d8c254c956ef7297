"""体检: a channel that would not work is found before a customer finds it, and nothing is ordered on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.crypto import generate_private_pem
from payswitch.kit.durations import DAY_MS
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.world import wechat_account
from payswitch.services.channels.checkup import Severity, check_certificates, judge, probe
from tests.admin.mistakes import certificate_over
from tests.services.harness import Night


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (OutcomeKind.NOT_FOUND, Severity.OK),
        (OutcomeKind.PENDING, Severity.OK),
        (OutcomeKind.NOT_SENT, Severity.PROBLEM),
        (OutcomeKind.UNKNOWN, Severity.PROBLEM),
        (OutcomeKind.UNTRUSTED, Severity.PROBLEM),
        (OutcomeKind.REFUSED_CONFIG, Severity.PROBLEM),
        (OutcomeKind.REFUSED_CHANNEL, Severity.WARNING),
    ],
)
def test_what_an_answer_means(kind: OutcomeKind, severity: Severity) -> None:
    finding = judge("wechat-main", Outcome(kind=kind, code="CODE"), 12.0)
    assert finding.severity is severity
    assert bool(finding.fix) is (severity is not Severity.OK), "a problem comes with what to do"


async def test_a_probe_asks_and_orders_nothing(tonight: Night) -> None:
    channel = tonight.directory.channel("wechat-main")
    assert channel is not None
    client = tonight.channel("wechat-main")
    findings = await probe(channel, client, ManualClock(), SeededIds())
    assert [finding.severity for finding in findings] == [Severity.OK]
    assert [name for name, _ in client.calls] == ["query"]
    assert client.orders == {}


async def test_a_silent_channel_is_a_problem(tonight: Night) -> None:
    channel = tonight.directory.channel("wechat-main")
    assert channel is not None
    tonight.channel("wechat-main").silent = True
    findings = await probe(channel, tonight.channel("wechat-main"), ManualClock(), SeededIds())
    assert [finding.severity for finding in findings] == [Severity.PROBLEM]


@pytest.mark.parametrize(
    ("days_before_the_end", "severity"), [(400, Severity.OK), (29, Severity.WARNING), (-1, Severity.PROBLEM)]
)
def test_a_certificate_is_told_before_it_ends(days_before_the_end: int, severity: Severity) -> None:
    from payswitch.kit.crypto import load_certificate

    account = wechat_account("w", "http://127.0.0.1:1", key_bits=1024).connector_account()
    ends = load_certificate(account["platform_certificates"]).not_valid_after_utc
    now_ms = int((ends - timedelta(days=days_before_the_end)).timestamp() * 1_000) - DAY_MS // 2
    found = check_certificates("w", account, now_ms)
    (finding,) = (finding for finding in found if "account.platform_certificates" in finding.what)
    assert finding.severity is severity
    assert "BEGIN" not in finding.what


def test_a_certificate_that_is_none_is_named() -> None:
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    (finding,) = check_certificates("w", {"app_certificate": broken}, 0)
    assert finding.severity is Severity.PROBLEM


def test_an_ended_certificate_beside_a_good_one_is_no_problem() -> None:
    """Platform certificates while they change, and root bundles: what counts is that one of them is good."""
    ended, good = (
        certificate_over(generate_private_pem(1024), ended=True),
        certificate_over(generate_private_pem(1024), ended=False),
    )
    now_ms = 1_794_400_620_000

    both = check_certificates("w", {"platform_certificates": ended + good}, now_ms)
    alone = check_certificates("w", {"platform_certificates": ended, "app_certificate": good}, now_ms)

    assert [finding.severity for finding in both] == [Severity.WARNING, Severity.OK]
    assert [finding.severity for finding in alone] == [Severity.OK, Severity.PROBLEM]


def test_ended_certificates_may_be_accepted_on_purpose() -> None:
    account = {
        "root_certificates": certificate_over(generate_private_pem(1024), ended=True),
        "accept_expired_certificates": "true",
    }
    (finding,) = check_certificates("u", account, 1_794_400_620_000)
    assert finding.severity is Severity.WARNING


def test_a_certificate_of_tomorrow_is_told_with_a_look_at_the_clock() -> None:
    account = {"app_certificate": certificate_over(generate_private_pem(1024), ended=False)}
    (finding,) = check_certificates("a", account, 1_500_000_000_000)
    assert finding.severity is Severity.PROBLEM
    assert "clock" in finding.fix
