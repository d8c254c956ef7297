"""Users managed by somebody at the machine itself: over the database, beside a service that may be running."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from payswitch.domain.operator import Operator
from payswitch.domain.roles import Permission
from payswitch.domain.trail import OperatorKind
from payswitch.kit.clock import Clock, SystemClock
from payswitch.kit.ids import IdSource, SystemIds
from payswitch.kit.passwords import Passwords
from payswitch.services.people.people_desk import PeopleDesk, sign_in_url
from payswitch.services.people.sign_in_limits import SignInLimits
from payswitch.settings import Settings
from payswitch.storage.databases import open_beside
from payswitch.storage.store import DatabaseStore


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """`services.people.people_desk.Deeds`, and whoever sits there."""

    clock: Clock
    ids: IdSource
    people: PeopleDesk
    operator: Operator
    settings: Settings

    def sign_in_url(self, token: str) -> str:
        return sign_in_url(self.settings.public_url, token)


def people_desk(settings: Settings, store: DatabaseStore, clock: Clock) -> PeopleDesk:
    return PeopleDesk(
        store=store,
        passwords=Passwords(),
        limits=SignInLimits(clock),
        key_ring=settings.key_ring,
        times=settings.console.session_times(),
    )


def merchants_of(settings: Settings) -> frozenset[str]:
    """Every merchant that the configuration names."""
    tables: Sequence[str] = [shop.merchant_id for shop in settings.shops]
    tables = [*tables, *(channel.merchant_id for channel in settings.channels)]
    return frozenset(tables).union(*(operator.merchant_ids for operator in settings.operators))


@asynccontextmanager
async def front_desk(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[FrontDesk]:
    """Raises StorageUnavailable, SchemaMismatch."""
    clock = clock or SystemClock()
    async with open_beside(settings.database, clock=clock) as store:
        desk = people_desk(settings, store, clock)
        known = merchants_of(settings).union(*[user.merchant_ids for user in await store.users()])
        yield FrontDesk(clock, SystemIds(), desk, _somebody_here(known), settings)


def _somebody_here(merchants: frozenset[str]) -> Operator:
    """Whoever may write the database may do everything; the trail names their account on the machine."""
    name = "root"
    with suppress(Exception):  # no such thing in some containers
        name = getpass.getuser()
    return Operator(
        operator_id=name,
        name=name,
        merchant_ids=merchants,
        permissions=frozenset(Permission),
        kind=OperatorKind.COMMAND,
    )
