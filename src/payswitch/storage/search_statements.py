"""The statements of the payments desk. Each walks one index, newest first, between two places of it; whatever else the
filter asks is looked up payment by payment, and never for more of them than a read may look at.

Which index: the rarest thing that is asked for. Money in doubt and surplus have small partial indexes of their own;
payments that are alive, and those with a second attempt, too; a channel has its attempts by their numbers, which are in
the order of time (ids are); everything else goes by the shop's payments in time.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    literal_column,
    not_,
    select,
    tuple_,
)

from payswitch.domain.payment import AttemptState
from payswitch.domain.payment_search import PaymentFilter
from payswitch.storage import schema
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, literal, literals, payments


class Way(StrEnum):
    """The index by which a filter is answered."""

    IN_DOUBT = "in_doubt"
    SURPLUS = "surplus"
    LIVE = "live"
    SWITCHED = "switched"
    CHANNEL = "channel"
    SHOP = "shop"


OF_SHOP: Final = frozenset({Way.LIVE, Way.SHOP})
"""Read shop by shop; the others merchant by merchant."""
FAR_APART: Final = frozenset({Way.IN_DOUBT, Way.SURPLUS, Way.SWITCHED})
"""One in a hundred payments, or fewer: two that follow each other here share no page of the file."""


def way_of(wanted: PaymentFilter) -> Way:
    """The rarest thing that is asked for."""
    if wanted.in_doubt:
        return Way.IN_DOUBT
    if wanted.surplus:
        return Way.SURPLUS
    if wanted.state in schema.LIVE_PAYMENT_STATES:
        return Way.LIVE
    if wanted.switched:
        return Way.SWITCHED
    return Way.SHOP if wanted.channel_id is None else Way.CHANNEL


class Shape(StrEnum):
    """A condition that is looked up for each payment on the way."""

    STATE = "state"
    METHOD = "method"
    CHANNEL = "channel"
    LEAST = "least"
    MOST = "most"
    SURPLUS = "surplus"
    SWITCHED = "switched"
    SHOP = "shop"


def shapes_of(wanted: PaymentFilter, way: Way) -> frozenset[Shape]:
    """What the way itself does not answer."""
    asked = {
        Shape.STATE: wanted.state is not None and way is not Way.LIVE,
        Shape.METHOD: wanted.method is not None,
        # With a method it is asked of one and the same attempt, and a payment may have several at the channel.
        Shape.CHANNEL: wanted.channel_id is not None and (way is not Way.CHANNEL or wanted.method is not None),
        Shape.LEAST: wanted.min_fen is not None,
        Shape.MOST: wanted.max_fen is not None,
        Shape.SURPLUS: wanted.surplus and way is not Way.SURPLUS,
        Shape.SWITCHED: wanted.switched and way is not Way.SWITCHED,
        Shape.SHOP: wanted.shop_id is not None and way not in OF_SHOP,
    }
    return frozenset(shape for shape, is_asked in asked.items() if is_asked)


def _is_surplus(name: str) -> ColumnElement[bool]:
    """In the words of the partial index, in both databases: SQLAlchemy's own would be `surplus = 1` in SQLite."""
    return literal_column(f"{name}.surplus")


_SECOND: Final = attempts.c.ordinal == literal_column("2")
_UNKNOWN: Final = attempts.c.state == literal(AttemptState.UNKNOWN)
_WALKED: Final[dict[Way, ColumnElement[bool]]] = {
    Way.IN_DOUBT: _UNKNOWN,
    Way.SURPLUS: _is_surplus("attempts"),
    Way.SWITCHED: _SECOND,
    Way.CHANNEL: attempts.c.channel_id == bound_text("channel_id"),
}
"""Which attempts the ways of merchants walk."""


def _place_of(way: Way) -> tuple[ColumnElement[Any], ...]:
    """What the index of a way is sorted by."""
    if way in OF_SHOP:
        return payments.c.created_at_ms, payments.c.payment_id
    return (attempts.c.channel_order_no if way is Way.CHANNEL else attempts.c.payment_id,)


def _walk(way: Way, wanted: Select[Any]) -> Select[Any]:
    """Along the index of a way, from one place down to another."""
    place = _place_of(way)
    if way in OF_SHOP:
        wanted = wanted.where(payments.c.shop_id == bound_text("shop_id"))
        if way is Way.LIVE:
            # The second says what is true anyway, in the words of the partial index.
            wanted = wanted.where(
                payments.c.state == bound_text("state"), payments.c.state.in_(literals(schema.LIVE_PAYMENT_STATES))
            )
        before = tuple_(*place) < tuple_(bound_number("before_ms"), bound_text("before"))
        since = tuple_(*place) >= tuple_(bound_number("since_ms"), bound_text("since"))
    else:
        wanted = wanted.where(_WALKED[way])
        before, since = place[0] < bound_text("before"), place[0] >= bound_text("since")
    return wanted.where(before, since).order_by(*(column.desc() for column in place))


@lru_cache(maxsize=16)
def bound_statement(way: Way) -> Prepared:
    """The place so many rows further down (`looked_at`), from the index alone; no row: there are not so many."""
    statement = _walk(way, select(*_place_of(way)))
    return Prepared(statement.limit(literal_column("1", Integer)).offset(bindparam("looked_at", type_=Integer)))


@lru_cache(maxsize=512)
def page_statement(way: Way, shapes: frozenset[Shape]) -> Prepared:
    """Payments between two places that fit, newest first, each with its place."""
    statement = select(*payments.columns, *_place_of(way))
    if way not in OF_SHOP:
        statement = statement.select_from(attempts.join(payments, payments.c.payment_id == attempts.c.payment_id))
        statement = statement.where(payments.c.merchant_id == bound_text("merchant_id"))
        if way is not Way.SWITCHED:
            statement = statement.where(_is_last_of_its_kind(way))
        if way is Way.CHANNEL:
            statement = statement.where(not_(attempts.c.shadow))
    statement = _walk(way, statement)
    return Prepared(statement.where(*_looked_up(shapes)).limit(LIMIT))


def _is_last_of_its_kind(way: Way) -> ColumnElement[bool]:
    """A payment with several such attempts is shown once."""
    later = attempts.alias("later")
    same = {
        Way.IN_DOUBT: later.c.state == literal(AttemptState.UNKNOWN),
        Way.SURPLUS: _is_surplus("later"),
        # What is later than all that is asked for is not in the list.
        Way.CHANNEL: and_(later.c.channel_id == attempts.c.channel_id, later.c.channel_order_no < bound_text("until")),
    }[way]
    return not_(exists().where(later.c.payment_id == attempts.c.payment_id, later.c.ordinal > attempts.c.ordinal, same))


def _looked_up(shapes: frozenset[Shape]) -> list[ColumnElement[bool]]:
    other = attempts.alias("other")
    mine = other.c.payment_id == payments.c.payment_id
    at = {
        Shape.METHOD: other.c.method == bound_text("method"),
        Shape.CHANNEL: other.c.channel_id == bound_text("channel_id"),
    }
    simple: dict[Shape, ColumnElement[bool]] = {
        Shape.STATE: payments.c.state == bound_text("state"),
        Shape.LEAST: payments.c.amount_fen >= bound_number("min_fen"),
        Shape.MOST: payments.c.amount_fen <= bound_number("max_fen"),
        # An expression, so that the planner stays on the way and does not begin at the shop's payments.
        Shape.SHOP: payments.c.shop_id.concat(literal_column("''", Text)) == bound_text("shop_id"),
        Shape.SURPLUS: exists().where(mine, _is_surplus("other")),
        Shape.SWITCHED: exists().where(mine, other.c.ordinal == literal_column("2")),
    }
    found = [condition for shape, condition in simple.items() if shape in shapes]
    of_one_attempt = [condition for shape, condition in at.items() if shape in shapes]
    return [*found, exists().where(mine, not_(other.c.shadow), *of_one_attempt)] if of_one_attempt else found


BRIEF_COLUMNS: Final = (
    attempts.c.payment_id,
    attempts.c.ordinal,
    attempts.c.channel_id,
    attempts.c.method,
    attempts.c.product,
    attempts.c.channel_order_no,
    attempts.c.state,
    attempts.c.transaction_id,
    attempts.c.surplus,
    attempts.c.amount_fen,
    attempts.c.refunded_fen,
    attempts.c.shadow,
)
BRIEFS_OF: Final = Prepared(
    select(*BRIEF_COLUMNS).where(attempts.c.payment_id == bound_text("payment_id")).order_by(attempts.c.ordinal)
)
