"""渠道体检: what is wrong with a configured channel, in words an operator can act upon, before a customer finds out.

A check-up moves no money and makes no order: it asks the channel about a number that never existed. The answer "no
such order" proves address, keys, merchant and signature in both directions.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payswitch.domain.channel import Channel, Product
from payswitch.domain.exchange import ChannelClient, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.certificates import CertificateEnd, certificate_ends
from payswitch.kit.clock import Clock, iso_utc
from payswitch.kit.ids import IdSource

PROBE_TIMEOUT_MS = 5_000
WARN_DAYS = 30
"""A certificate that ends within a month is told: merchants need days to get a new one."""

RENEW = "get a new certificate from the channel and put it into the account / 请向渠道更换证书"

DAY_MS = 86_400_000


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    channel_id: str
    severity: Severity
    what: str
    fix: str = ""


def check_certificates(channel_id: str, account: dict[str, str], now_ms: int) -> list[Finding]:
    """How long the certificates of an account still run."""
    return [_check_certificate(channel_id, end, now_ms) for end in certificate_ends(account)]


def _check_certificate(channel_id: str, end: CertificateEnd, now_ms: int) -> Finding:
    place = f"account.{end.name}"
    if end.ends_at_ms is None:
        return Finding(channel_id=channel_id, severity=Severity.PROBLEM, what=f"{place}: {end.trouble}", fix=RENEW)
    days = (end.ends_at_ms - now_ms) // DAY_MS
    if days < 0:
        what = f"{place} expired on {iso_utc(end.ends_at_ms)[:10]} / 证书已过期"
        return Finding(channel_id=channel_id, severity=Severity.PROBLEM, what=what, fix=RENEW)
    severity = Severity.WARNING if days < WARN_DAYS else Severity.OK
    what = f"{place} is valid for {days} more days / 证书剩余 {days} 天"
    return Finding(channel_id=channel_id, severity=severity, what=what, fix=RENEW if days < WARN_DAYS else "")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question about a number that never existed."""

    product: Product
    outcome: Outcome
    latency_ms: float


async def ask(
    channel: Channel, product: Product, client: ChannelClient, clock: Clock, ids: IdSource, timeout_ms: int
) -> Asked:
    """Ask the channel about a number that never existed, in this product's own way of asking."""
    now_ms = clock.now_ms()
    order = OrderRef(channel_order_no=ids.new("P", now_ms), product=product, amount_fen=1, created_at_ms=now_ms)
    begun = clock.monotonic_ms()
    fact = await client.query(order, timeout_ms)
    return Asked(product=product, outcome=fact.outcome, latency_ms=clock.monotonic_ms() - begun)


async def probe(channel: Channel, client: ChannelClient, clock: Clock, ids: IdSource) -> list[Finding]:
    """One question per product; what they have in common is said once."""
    findings: dict[str, Finding] = {}
    for product in sorted(channel.products):
        asked = await ask(channel, product, client, clock, ids, PROBE_TIMEOUT_MS)
        finding = judge(channel.channel_id, asked.outcome, asked.latency_ms)
        findings.setdefault(f"{finding.severity}{asked.outcome.kind}{asked.outcome.code}", finding)
    return list(findings.values())


def judge(channel_id: str, outcome: Outcome, latency_ms: float) -> Finding:
    """What the answer to a question about an unknown number says of the channel's health and configuration."""
    kind = OutcomeKind.UNTRUSTED if _is_unsigned_hint(outcome) else outcome.kind
    severity, what, fix = _VERDICTS.get(kind, _UNCLEAR)
    words = f"{what}; {outcome.code} {outcome.message}".rstrip("; ") if outcome.code else what
    if severity is Severity.OK:
        words = f"{what} ({latency_ms:.0f} ms)"
    return Finding(channel_id=channel_id, severity=severity, what=words, fix=fix)


def _is_unsigned_hint(outcome: Outcome) -> bool:
    """A readable code of the channel that the connector did not believe: the text came, its signature did not fit."""
    return outcome.kind is OutcomeKind.UNKNOWN and bool(outcome.code) and not outcome.code.startswith(_OUR_CODES)


_OUR_CODES = ("timeout", "connection_lost", "too_large", "unreadable", "http_")
_ANSWERS = (Severity.OK, "answers, and believes us / 应答正常，双向验签通过", "")
_UNCLEAR = (
    Severity.WARNING,
    "answered, but not clearly / 应答不明确",
    "look the code up in the channel's documents / 请查阅渠道文档中的错误码",
)
_VERDICTS: dict[OutcomeKind, tuple[Severity, str, str]] = {
    OutcomeKind.NOT_FOUND: _ANSWERS,
    OutcomeKind.PENDING: _ANSWERS,
    OutcomeKind.CLOSED: _ANSWERS,
    OutcomeKind.NOT_SENT: (
        Severity.PROBLEM,
        "cannot be reached / 无法连接",
        "check the base URL, DNS, the firewall and the TLS certificates of this machine / 请检查地址、DNS、防火墙",
    ),
    OutcomeKind.UNKNOWN: (
        Severity.PROBLEM,
        "does not answer usefully / 没有可用的应答",
        "the channel may be ill: try again in a minute; if it stays, check the base URL / 稍后重试，若持续请检查地址",
    ),
    OutcomeKind.UNTRUSTED: (
        Severity.PROBLEM,
        "its answer is not signed by the key we were given / 应答未通过验签",
        "put the channel's current public key or certificate into the account / 请更换渠道公钥或证书",
    ),
    OutcomeKind.REFUSED_CONFIG: (
        Severity.PROBLEM,
        "refuses our configuration / 渠道拒绝了我们的配置",
        "check merchant id, app id, serial number and private key: they must belong together, and the product must be "
        "signed up / 请核对商户号、应用号、证书序列号与私钥是否匹配，以及产品是否已签约",
    ),
}
