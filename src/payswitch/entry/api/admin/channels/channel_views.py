"""What the admin API shows of a channel. Built field by field; a credential is never among the fields."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import MaintenanceWindow, Product
from payswitch.domain.managed_channel import ChannelOrigin, ChannelRecord, ChannelState
from payswitch.domain.trail import TrailEntry
from payswitch.entry.api.admin.channels.disabling_views import DisablingView, OnlyForView, disabling_view, only_for_view
from payswitch.kit.certificates import FoundCertificate
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.channels.channels import CredentialVersion
from payswitch.services.channels.checkup import Finding, Severity
from payswitch.services.channels.credentials import AccountEntry, EntryKind
from payswitch.services.channels.only_channels import OnlyFor


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel: its settings and where it stands in its life."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    origin: ChannelOrigin
    state: ChannelState
    revision: int | None
    """Counts the changes of an admin-managed channel; send it with a change."""
    version: int
    """Of the credentials in use; attempts keep the one they were made with."""
    products: list[Product]
    upstream: str
    upstreams: dict[Product, str]
    tier: int
    fee_bp: int
    min_fen: int
    max_fen: int | None
    daily_cap_fen: int | None
    monthly_cap_fen: int | None
    refund_days: int | None
    """Null: as the product's own terms say. So is the next."""
    refund_parts: int | None
    shops: list[str]
    """Only these shops of the merchant; empty: all of them."""
    tags: list[str]
    maintenance: list[MaintenanceWindow]
    disabled: DisablingView | None
    """null: it is not disabled, or the file itself says `enabled = false`."""
    only_for: OnlyForView
    notify_url: str
    """Where the channel must send its notifications: enter it at the channel if it asks for one."""
    created_at: str | None
    updated_at: str | None


class ChannelList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[ChannelView]


class CertificateView(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate of an account. Certificates are public."""

    subject: str
    issuer: str
    serial: str
    sha256: str
    valid_from: str
    valid_until: str


class AccountEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an account: its value only where it is no secret."""

    key: str
    kind: EntryKind
    value: str | None
    fingerprint: str | None
    """Of a key (a private one, too): SHA-256 of its public half. Of another secret: a mark that only tells whether two
    versions hold the same one."""
    certificates: list[CertificateView]


class CredentialVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a channel's keys."""

    version: int
    created_at: str
    created_by: str
    master_key_id: str
    entries: list[AccountEntryView] | None
    """null: it does not open with the master keys at hand."""


class ChannelDetail(ChannelView, frozen=True, kw_only=True):
    """One channel with all versions of its keys, newest first; none are listed for a channel of the file."""

    credentials: list[CredentialVersionView]


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at, and what to do about it."""

    severity: Severity
    what: str
    fix: str


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """A check-up."""

    channel_id: str
    healthy: bool
    """No finding is a problem."""
    findings: list[FindingView]


class AuditEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what when."""

    audit_id: str
    at: str
    operator_id: str
    action: str
    detail: dict[str, str]
    note: str
    """The reason that was given."""


class AuditList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[AuditEntryView]


def channel_view(record: ChannelRecord, only: OnlyFor, notify_url: str) -> ChannelView:
    channel = record.channel
    return ChannelView(
        channel_id=channel.channel_id,
        merchant_id=channel.merchant_id,
        connector=channel.connector,
        name=channel.name,
        origin=record.origin,
        state=record.state,
        revision=record.revision,
        version=channel.version,
        products=sorted(channel.products),
        upstream=channel.upstream,
        upstreams=channel.upstreams,
        tier=channel.tier,
        fee_bp=channel.fee_bp,
        min_fen=channel.min_fen,
        max_fen=channel.max_fen,
        daily_cap_fen=channel.daily_cap_fen,
        monthly_cap_fen=channel.monthly_cap_fen,
        refund_days=channel.refund_days,
        refund_parts=channel.refund_parts,
        shops=sorted(channel.shops),
        tags=sorted(channel.tags),
        maintenance=list(channel.maintenance),
        disabled=disabling_view(record),
        only_for=only_for_view(only),
        notify_url=notify_url,
        created_at=iso_or_none(record.created_at_ms),
        updated_at=iso_or_none(record.updated_at_ms),
    )


def channel_detail(view: ChannelView, versions: Sequence[CredentialVersion]) -> ChannelDetail:
    fields = {name: getattr(view, name) for name in view.__struct_fields__}
    return ChannelDetail(**fields, credentials=[_version_view(version) for version in versions])


def _version_view(version: CredentialVersion) -> CredentialVersionView:
    return CredentialVersionView(
        version=version.version,
        created_at=iso_utc(version.created_at_ms),
        created_by=version.created_by,
        master_key_id=version.key_id,
        entries=None if version.entries is None else [_entry_view(entry) for entry in version.entries],
    )


def _entry_view(entry: AccountEntry) -> AccountEntryView:
    return AccountEntryView(
        key=entry.key,
        kind=entry.kind,
        value=entry.value,
        fingerprint=entry.fingerprint,
        certificates=[_certificate_view(one) for one in entry.certificates],
    )


def _certificate_view(one: FoundCertificate) -> CertificateView:
    return CertificateView(
        subject=one.subject,
        issuer=one.issuer,
        serial=one.serial,
        sha256=one.sha256,
        valid_from=iso_utc(one.valid_from_ms),
        valid_until=iso_utc(one.valid_until_ms),
    )


def finding_view(finding: Finding) -> FindingView:
    return FindingView(severity=finding.severity, what=finding.what, fix=finding.fix)


def check_view(channel_id: str, findings: Sequence[Finding]) -> CheckView:
    healthy = all(finding.severity is not Severity.PROBLEM for finding in findings)
    return CheckView(channel_id=channel_id, healthy=healthy, findings=[finding_view(one) for one in findings])


def audit_view(entries: Sequence[TrailEntry]) -> AuditList:
    return AuditList(
        data=[
            AuditEntryView(
                audit_id=entry.audit_id,
                at=iso_utc(entry.at_ms),
                operator_id=entry.operator_id,
                action=entry.action,
                detail={name: _change(entry.before.get(name), value) for name, value in entry.after.items()},
                note=entry.note,
            )
            for entry in entries
        ]
    )


def _change(before: str | None, after: str) -> str:
    return after if before is None else f"{before} -> {after}"
