"""画像条件: which rules' conditions hold for a payment, found by asking each fact once instead of each rule.

Every condition has a bit. For each fact that any of them is about there is one table: from the fact's value to the
conditions that it leaves standing, which are those that want this value and those that do not care. The conditions that
hold are what all tables leave: fifty rules about amounts and devices cost two look-ups.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Final, Protocol

from payswitch.domain.customer import AgeBand, Customer, age_band_of
from payswitch.routing.beijing import day_of, weekday_of
from payswitch.routing.policy import Condition
from payswitch.routing.request import RouteRequest

_HOURS: Final = range(24)


class _Table(Protocol):
    def leaves(self, request: RouteRequest) -> int:
        """The conditions that this payment's value of the fact does not speak against, as bits."""
        ...


class _OneOf:
    """A fact that some conditions compare with listed values. One that is not known (None) is none of them."""

    __slots__ = ("_left", "_otherwise", "_read")

    def __init__(
        self,
        read: Callable[[RouteRequest], Hashable],
        wanted: Iterable[tuple[int, Iterable[Hashable]]],
        everyone: int,
    ) -> None:
        wanted = [(bit, frozenset(values)) for bit, values in wanted]
        self._read = read
        self._otherwise = everyone - sum(bit for bit, _ in wanted)
        self._left: dict[Hashable, int] = {}
        for bit, values in wanted:
            for value in values:
                self._left[value] = self._left.get(value, self._otherwise) | bit

    def leaves(self, request: RouteRequest) -> int:
        return self._left.get(self._read(request), self._otherwise)


class _Between:
    """A number that some conditions bound, ends included. Between two neighbouring bounds all numbers are alike."""

    __slots__ = ("_edges", "_left", "_read")

    def __init__(
        self,
        read: Callable[[RouteRequest], int],
        wanted: Iterable[tuple[int, int | None, int | None]],
        everyone: int,
    ) -> None:
        wanted = list(wanted)
        self._read = read
        first = {least for _, least, _ in wanted if least is not None}
        self._edges = sorted(first | {most + 1 for _, _, most in wanted if most is not None})
        otherwise = everyone - sum(bit for bit, _, _ in wanted)
        samples = [self._edges[0] - 1, *self._edges]
        self._left = [otherwise + sum(bit for bit, *ends in wanted if _within(sample, *ends)) for sample in samples]

    def leaves(self, request: RouteRequest) -> int:
        return self._left[bisect_right(self._edges, self._read(request))]


def _within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


class _AgeBetween:
    """By the age; else all of the age band must be in the range: a doubt fulfils no condition."""

    __slots__ = ("_by_age", "_by_band")

    def __init__(self, wanted: Iterable[tuple[int, int | None, int | None]], everyone: int) -> None:
        wanted = list(wanted)
        self._by_age = _Between(lambda request: request.customer.age or 0, wanted, everyone)
        self._by_band = _OneOf(
            lambda request: request.customer.age_band,
            [
                (bit, [band for band in AgeBand if all(_within(age, *ends) for age in band.ages)])
                for bit, *ends in wanted
            ],
            everyone,
        )

    def leaves(self, request: RouteRequest) -> int:
        known = request.customer.age is not None
        return self._by_age.leaves(request) if known else self._by_band.leaves(request)


class Conditions:
    """The conditions of all rules, compiled once per policy. Bit n stands for the n-th."""

    def __init__(self, whens: Sequence[Condition]) -> None:
        self._everyone = (1 << len(whens)) - 1
        self._tables: list[_Table] = []
        bits = [(1 << n, when) for n, when in enumerate(whens)]
        self._bound(_amount, [(bit, when.min_fen, when.max_fen) for bit, when in bits])
        self._list(_is_new, [(bit, [when.customer_new]) for bit, when in bits if when.customer_new is not None])
        ages = [(bit, w.min_age, w.max_age) for bit, w in bits if w.min_age is not None or w.max_age is not None]
        if ages:
            self._tables.append(_AgeBetween(ages, self._everyone))
        self._list(_band, [(bit, when.age_bands) for bit, when in bits])
        self._list(_device, [(bit, [device.casefold() for device in when.devices]) for bit, when in bits])
        self._list(_risk, [(bit, when.risks) for bit, when in bits])
        self._list(_environment, [(bit, when.environments) for bit, when in bits])
        self._list(_hour, [(bit, _hours(when.from_hour, when.to_hour)) for bit, when in bits])
        self._list(_weekday, [(bit, when.weekdays) for bit, when in bits])
        self._bound(_day, [(bit, _day_or_none(when.from_date), _day_or_none(when.to_date)) for bit, when in bits])
        self._list(_bank, [(bit, when.banks) for bit, when in bits])
        self._list(_shop, [(bit, when.shops) for bit, when in bits])
        self._list(_goods_tag, [(bit, when.goods_tags) for bit, when in bits])
        for key in dict.fromkeys(key for when in whens for key in when.metadata):
            wanted = [(bit, _one_or_several(when.metadata[key])) for bit, when in bits if key in when.metadata]
            self._list(partial(_metadata, key), wanted)

    def holding(self, request: RouteRequest) -> int:
        """Those that hold for this payment, as bits."""
        left = self._everyone
        for table in self._tables:
            left &= table.leaves(request)
        return left

    def _list(self, read: Callable[[RouteRequest], Hashable], wanted: Sequence[tuple[int, Sequence[Hashable]]]) -> None:
        """No values: the condition is not about this fact."""
        given = [(bit, values) for bit, values in wanted if values]
        if given:
            self._tables.append(_OneOf(read, given, self._everyone))

    def _bound(self, read: Callable[[RouteRequest], int], wanted: Sequence[tuple[int, int | None, int | None]]) -> None:
        given = [(bit, least, most) for bit, least, most in wanted if least is not None or most is not None]
        if given:
            self._tables.append(_Between(read, given, self._everyone))


def _amount(request: RouteRequest) -> int:
    return request.amount_fen


def _is_new(request: RouteRequest) -> bool | None:
    return request.customer.is_new


def _band(request: RouteRequest) -> AgeBand | None:
    customer: Customer = request.customer
    return customer.age_band if customer.age is None else age_band_of(customer.age)


def _device(request: RouteRequest) -> str | None:
    device = request.customer.device
    return None if device is None else device.casefold()


def _risk(request: RouteRequest) -> str | None:
    return request.customer.risk


def _environment(request: RouteRequest) -> str:
    return request.environment


def _hour(request: RouteRequest) -> int:
    return request.local_hour


def _weekday(request: RouteRequest) -> int:
    return weekday_of(request.local_day)


def _day(request: RouteRequest) -> int:
    return request.local_day


def _bank(request: RouteRequest) -> str:
    return request.bank


def _shop(request: RouteRequest) -> str:
    return request.shop_id


def _goods_tag(request: RouteRequest) -> str | None:
    return request.goods_tag


def _metadata(key: str, request: RouteRequest) -> str | None:
    return request.metadata.get(key)


def _hours(from_hour: int | None, to_hour: int | None) -> list[int]:
    """The hours of the range; it may go past midnight. Empty when there is none."""
    if from_hour is None or to_hour is None:
        return []
    if from_hour < to_hour:
        return list(range(from_hour, to_hour))
    return [hour for hour in _HOURS if hour >= from_hour or hour < to_hour]


def _day_or_none(date: str | None) -> int | None:
    return None if date is None else day_of(date)


def _one_or_several(values: str | tuple[str, ...]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values
