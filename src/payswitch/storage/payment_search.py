"""Lists for the payments desk: filtered pages of any history, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from payswitch.domain.payment import Payment
from payswitch.domain.payment_search import (
    MOST_APART_LOOKED_AT,
    MOST_LOOKED_AT,
    AttemptBrief,
    FoundPayment,
    PaymentFilter,
    PaymentPage,
)
from payswitch.kit.ids import lowest_id, made_at_ms
from payswitch.storage import search_statements as sql
from payswitch.storage.codec import RowCodec
from payswitch.storage.schema import payments
from payswitch.storage.scripts import Script, decoded, first, rows
from payswitch.storage.search_statements import (
    FAR_APART,
    OF_SHOP,
    Way,
    bound_statement,
    page_statement,
    shapes_of,
    way_of,
)
from payswitch.storage.write_statements import PAYMENT

BRIEF: Final = RowCodec(AttemptBrief)

Place = tuple[int, str]
"""Where a walk along an index is: the time where the index has it (else 0), and the id or number."""

_NEVER_MS: Final = 1 << 62
_AFTER_ALL: Final = "~"
"""Sorts after every id and number: they are ASCII letters, digits, `_` and `-`."""
LEAST_LOOKED_AT: Final = 500


def payment_list(wanted: PaymentFilter, owners: Sequence[str], after: str | None, limit: int) -> Script[PaymentPage]:
    """Newest first, `after` the place that an earlier page ended with. `owners`: see `owned_by_shops`."""
    way = way_of(wanted)
    place = None if after is None else place_of(after)
    most = MOST_APART_LOOKED_AT if way in FAR_APART else MOST_LOOKED_AT
    looked_at = max(LEAST_LOOKED_AT, most // max(1, len(owners)))
    listed: list[tuple[Place, Payment]] = []
    ends: list[Place] = []
    for owner in owners:
        found, end = yield from _of_owner(wanted, way, owner, place, limit, looked_at)
        listed += found
        ends += [] if end is None else [end]
    listed.sort(key=lambda one: one[0], reverse=True)
    # What lies below the place where one walk ended early may miss something of that owner's.
    end = max(ends, default=None)
    whole = listed if end is None else [one for one in listed if one[0] >= end]
    shown = whole[:limit]
    is_full = len(shown) == limit
    last = shown[-1][0] if is_full else end
    searched_to_ms = None
    if end is not None and not is_full:
        searched_to_ms = end[0] or _moment_of(end[1])
    found_payments = []
    for _, payment in shown:
        found_payments.append((yield from with_attempts(payment)))
    return PaymentPage(
        found=tuple(found_payments), next=None if last is None else place_text(last), searched_to_ms=searched_to_ms
    )


def _of_owner(
    wanted: PaymentFilter, way: Way, owner: str, place: Place | None, limit: int, looked_at: int
) -> Script[tuple[list[tuple[Place, Payment]], Place | None]]:
    """What fits among the next `looked_at` rows of one owner, and the place where that ended early, if it did."""
    shapes = shapes_of(wanted, way)
    given = _given(wanted, way, owner, place)
    end: Place | None = None
    bound = yield from first(bound_statement(way), looked_at=looked_at - 1, **given)
    if bound is not None:
        end = _place(way, bound)
        given |= {"since_ms": end[0], "since": end[1]}
    width = len(payments.columns)
    found = [
        (_place(way, row[width:]), PAYMENT.decode(row[:width]))
        for row in (yield from rows(page_statement(way, shapes), limit=limit, **given))
    ]
    if len(found) == limit:
        end = found[-1][0]
    return found, end


def _given(wanted: PaymentFilter, way: Way, owner: str, place: Place | None) -> dict[str, object]:
    given: dict[str, object] = {
        "shop_id": owner if way in OF_SHOP else wanted.shop_id,
        "merchant_id": owner,
        "state": None if wanted.state is None else wanted.state.value,
        "method": None if wanted.method is None else wanted.method.value,
        "channel_id": wanted.channel_id,
        "min_fen": wanted.min_fen,
        "max_fen": wanted.max_fen,
        "until": _first_place(wanted, way)[1],
    }
    before, since = place or _first_place(wanted, way), _last_place(wanted, way)
    return given | {"before_ms": before[0], "before": before[1], "since_ms": since[0], "since": since[1]}


def _first_place(wanted: PaymentFilter, way: Way) -> Place:
    """Where a list begins: just after the newest that can be meant."""
    if way in OF_SHOP:
        return (_NEVER_MS if wanted.to_ms is None else wanted.to_ms, "")
    if wanted.to_ms is None:
        return (0, _AFTER_ALL)
    return (0, lowest_id("P" if way is Way.CHANNEL else "pay_", wanted.to_ms))


def _last_place(wanted: PaymentFilter, way: Way) -> Place:
    if way in OF_SHOP:
        return (wanted.from_ms or 0, "")
    if wanted.from_ms is None:
        return (0, "")
    return (0, lowest_id("P" if way is Way.CHANNEL else "pay_", wanted.from_ms))


def _place(way: Way, values: Sequence[object]) -> Place:
    if way in OF_SHOP:
        at_ms, payment_id = values
        return int(str(at_ms)), str(payment_id)
    return 0, str(values[0])


def _moment_of(name: str) -> int | None:
    """When what has this id or number was made."""
    prefix = "pay_" if name.startswith("pay_") else "P"
    return made_at_ms(name, prefix)


def owned_by_shops(wanted: PaymentFilter) -> bool:
    """Whether such a list is read shop by shop; else merchant by merchant."""
    return way_of(wanted) in OF_SHOP


def place_of(text: str) -> Place:
    """The place that a page's `next` stands for. Raises ValueError for anything else."""
    at_ms, _, name = text.partition("-")
    return int(at_ms), name


def place_text(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


def with_attempts(payment: Payment) -> Script[FoundPayment]:
    briefs = yield from decoded(BRIEF, sql.BRIEFS_OF, payment_id=payment.payment_id)
    return FoundPayment(payment=payment, attempts=tuple(briefs))
