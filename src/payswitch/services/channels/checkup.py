"""渠道体检: what is wrong with a configured channel, in words an operator can act upon, before a customer finds out.

A check-up moves no money and makes no order: it asks the channel about a number that never existed. The answer "no
such order" proves address, keys, merchant and signature in both directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from payswitch.domain.channel import Capability, CapabilityTable, Channel, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.certificates import FoundCertificate, UnreadableCertificate, find_certificates
from payswitch.kit.clock import Clock, iso_utc
from payswitch.kit.durations import DAY_MS
from payswitch.kit.ids import IdSource

PROBE_TIMEOUT_MS = 5_000
WARN_DAYS = 30
"""A certificate that ends within a month is told: merchants need days to get a new one."""


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


RENEW = "get a new certificate from the channel and put it into the account / 请向渠道更换证书"


def check_certificates(channel_id: str, account: Mapping[str, str], now_ms: int) -> list[Finding]:
    """How long the certificates of an account still run.

    Where several stand together (roots, platform certificates while they change), one that has ended is no problem as
    long as another is good.
    """
    found = find_certificates(account)
    good = {one.key for one in found if isinstance(one, FoundCertificate) and _is_good(one, now_ms)}
    if account.get("accept_expired_certificates") == "true":
        good |= {one.key for one in found}  # UnionPay's own test system: said on purpose
    return [_check_certificate(channel_id, one, now_ms, others=one.key in good) for one in found]


def _is_good(certificate: FoundCertificate, now_ms: int) -> bool:
    return certificate.valid_from_ms <= now_ms <= certificate.valid_until_ms


def _check_certificate(
    channel_id: str, one: FoundCertificate | UnreadableCertificate, now_ms: int, *, others: bool
) -> Finding:
    place = f"account.{one.key}" + (f" (certificate {one.number})" if one.number > 1 else "")
    severity, fix = Severity.PROBLEM, RENEW
    if isinstance(one, UnreadableCertificate):
        what = f"{place}: {one.problem}"
    elif one.valid_until_ms < now_ms:
        what = f"{place} expired on {iso_utc(one.valid_until_ms)[:10]} / 证书已过期"
        severity = Severity.WARNING if others else Severity.PROBLEM
    elif one.valid_from_ms > now_ms:
        what = f"{place} is valid only from {iso_utc(one.valid_from_ms)[:10]} on / 证书尚未生效"
        fix = (
            "look at the clock of this machine; else wait for that day or ask for another certificate / 请检查本机时钟"
        )
    else:
        days = (one.valid_until_ms - now_ms) // DAY_MS
        what = f"{place} is valid for {days} more days / 证书剩余 {days} 天"
        severity = Severity.WARNING if days < WARN_DAYS else Severity.OK
    return Finding(channel_id=channel_id, severity=severity, what=what, fix="" if severity is Severity.OK else fix)


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


async def try_orders(
    channel: Channel,
    capabilities: CapabilityTable,
    client: ChannelClient,
    notify_url: str,
    clock: Clock,
    ids: IdSource,
) -> list[Finding]:
    """Make the smallest order with one product and close it at once. Nobody sees its credential, so nobody can pay it.

    Only so a wrong app id comes out at a channel that looks at it in no other call (WeChat Pay).
    """
    tried = [capabilities[p] for p in sorted(channel.products) if p in capabilities and _can_be_tried(capabilities[p])]
    return [await _try_order(channel, one, client, notify_url, clock, ids) for one in tried[:1]]


def _can_be_tried(capability: Capability) -> bool:
    needs_more = capability.needs_openid or capability.needs_buyer_id or capability.needs_agreement
    return capability.push and capability.server_created and not needs_more


async def _try_order(
    channel: Channel, capability: Capability, client: ChannelClient, notify_url: str, clock: Clock, ids: IdSource
) -> Finding:
    now_ms, begun = clock.now_ms(), clock.monotonic_ms()
    order = CreateOrder(
        channel_order_no=ids.new("P", now_ms),
        product=capability.product,
        amount_fen=capability.min_fen,
        subject="PaySwitch 体检",
        created_at_ms=now_ms,
        expires_at_ms=now_ms + capability.least_expiry_s * 1_000,
        notify_url=notify_url,
        return_url=notify_url,
        environment=min(capability.environments),
    )
    answer = await client.create(order, PROBE_TIMEOUT_MS)
    if answer.outcome.kind is not OutcomeKind.ACCEPTED:
        return judge(channel.channel_id, answer.outcome, clock.monotonic_ms() - begun)
    made = OrderRef(
        channel_order_no=order.channel_order_no,
        product=order.product,
        amount_fen=order.amount_fen,
        created_at_ms=now_ms,
    )
    await client.close(made, PROBE_TIMEOUT_MS)
    return Finding(
        channel_id=channel.channel_id,
        severity=Severity.OK,
        what=f"makes an order with {capability.product.value} (closed again) / 可正常下单（已关闭）",
    )


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
    "look the code up in the channel's documents; if it speaks of the merchant or the app, check merchant id, app id "
    "and signed products / 请查阅渠道文档中的错误码；若与商户或应用有关，请核对商户号、应用号与已签约产品",
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
        "its answer is not signed by the key we were given, or proves nothing / 应答未通过验签，或不足为凭",
        "if the code speaks of the merchant or the app, check merchant id and app id: they must belong to these keys; "
        "else put the channel's current public key or certificate into the account / "
        "若错误码与商户或应用有关，请核对商户号与应用号；否则请更换渠道公钥或证书",
    ),
    OutcomeKind.REFUSED_CONFIG: (
        Severity.PROBLEM,
        "refuses our configuration / 渠道拒绝了我们的配置",
        "check merchant id, app id, serial number and private key: they must belong together, and the product must be "
        "signed up / 请核对商户号、应用号、证书序列号与私钥是否匹配，以及产品是否已签约",
    ),
}
