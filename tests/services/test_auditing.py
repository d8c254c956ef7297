"""The auditor in service: hourly, cheap, and every violation told once with its rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from payswitch.services.books.auditing import audit_due
from tests.services.harness import Night

HOUR_S = 3_600


async def told(tonight: Night) -> list[str]:
    found = await tonight.store.list_incidents(limit=50)
    return [incident.detail for incident in found if incident.kind == "invariant_violated"]


def break_the_books(tonight: Night) -> None:
    """Somebody edits the database by hand: the shop's event is gone."""
    with closing(sqlite3.connect(tonight.store.path)) as connection:
        connection.execute("DELETE FROM events WHERE type = 'payment.succeeded'")
        connection.commit()


async def test_the_books_are_looked_at_every_hour_and_each_day_from_the_beginning(tonight: Night) -> None:
    await tonight.pays((await tonight.order()).file.attempts[0])

    assert await audit_due(tonight.ctx) == 1
    assert await audit_due(tonight.ctx) == 0
    first = await tonight.store.last_audit()
    tonight.clock.advance(seconds=HOUR_S)
    assert await audit_due(tonight.ctx) == 1
    second = await tonight.store.last_audit()
    tonight.clock.advance(seconds=24 * HOUR_S)
    assert await audit_due(tonight.ctx) == 1
    third = await tonight.store.last_audit()

    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.since_ms, third.since_ms) == (0, 0)
    assert second.since_ms == first.at_ms - 600_000


async def test_a_violation_is_an_incident_with_the_rows_told_once(tonight: Night) -> None:
    attempt = (await tonight.order()).file.attempts[0]
    await tonight.pays(attempt)
    await audit_due(tonight.ctx)
    assert await told(tonight) == []
    break_the_books(tonight)

    for _ in range(3):
        tonight.clock.advance(seconds=HOUR_S)
        await audit_due(tonight.ctx)

    details = await told(tonight)
    assert len(details) == 2, "8.1 and 8.5, once each"
    assert all(attempt.payment_id in detail for detail in details)
    assert any("8.1 success_is_told" in detail for detail in details)
    assert ("invariant_violated", {"number": "8.1", "name": "success_is_told"}) in tonight.feed.told


async def test_after_a_restart_the_same_violation_is_not_told_again(tonight: Night) -> None:
    await tonight.pays((await tonight.order()).file.attempts[0])
    break_the_books(tonight)
    await audit_due(tonight.ctx)
    before = await told(tonight)
    tonight.ctx.incidents_told = type(tonight.ctx.incidents_told)()
    tonight.clock.advance(seconds=HOUR_S)

    await audit_due(tonight.ctx)

    assert await told(tonight) == before
