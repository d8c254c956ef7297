"""What a person must mend at a channel, told once: neither every probe nor every restart says it again.

An incident's id is made from what it tells, so that the database itself refuses the second one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.channel import Channel
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Incident
from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.clock import iso_utc
from payswitch.kit.durations import DAY_MS
from payswitch.services.channels.checkup import RENEW, Finding
from payswitch.services.context import Context
from payswitch.services.decisions.usage import day_start_ms

STAGES_DAYS: Final = (0, 1, 7, 30)
"""A certificate is told of when so many days are left; 0: it has ended. Only the narrowest stage is told, so that a
service that was away for a month does not bring four messages."""


async def tell_probe(ctx: Context, channel: Channel, outcome: Outcome, finding: Finding) -> None:
    """A refused configuration or an answer that is not believed: once a day (Beijing) while it lasts."""
    stage = f"{channel.version} {outcome.kind} {outcome.code} {day_start_ms(ctx.clock.now_ms())}"
    await tell_once(ctx, "channel_refused", channel, stage, f"{finding.what} → {finding.fix}")


async def tell_certificates(ctx: Context, channels: Iterable[Channel]) -> None:
    """Certificates that end soon or have ended: once per certificate and stage."""
    now_ms = ctx.clock.now_ms()
    for channel in channels:
        for end in ctx.directory.certificates(channel.channel_id):
            stage = stage_of(end.ends_at_ms, now_ms)
            if stage is not None:
                name = f"{end.key} {end.ends_at_ms} {stage}"
                await tell_once(ctx, "certificate_ends", channel, name, _certificate_text(end, now_ms))


def stage_of(ends_at_ms: int, now_ms: int) -> int | None:
    """The narrowest stage that has been reached; None while there is time."""
    left_ms = ends_at_ms - now_ms
    return next((days for days in STAGES_DAYS if left_ms <= days * DAY_MS), None)


def _certificate_text(end: CertificateEnd, now_ms: int) -> str:
    day = iso_utc(end.ends_at_ms)[:10]
    if end.ends_at_ms <= now_ms:
        return f"{end.key} 证书已于 {day} 过期 / ended on {day}: {RENEW}"
    days = (end.ends_at_ms - now_ms) // DAY_MS
    return f"{end.key} 证书剩余 {days} 天（{day} 到期）/ ends on {day}, in {days} days: {RENEW}"


async def tell_once(ctx: Context, kind: str, channel: Channel, stage: str, detail: str) -> None:
    """An incident about a channel, once for each stage, whoever restarts in between."""
    digest = hashlib.sha256("\0".join((kind, channel.channel_id, stage)).encode()).hexdigest()
    incident_id = f"inc_{digest[:32]}"
    if incident_id in ctx.incidents_told:
        return
    incident = Incident(
        incident_id=incident_id, kind=kind, at_ms=ctx.clock.now_ms(), channel_id=channel.channel_id, detail=detail
    )
    with suppress(UniqueViolation):  # told by this service before its last start
        await ctx.store.commit(Changes(insert_incidents=[incident]))
    ctx.incidents_told.add(incident_id)
