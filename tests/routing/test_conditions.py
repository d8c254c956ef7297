"""Many rules asked at once say exactly what each of them says alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import payment

from payswitch.domain.channel import Environment
from payswitch.domain.customer import AgeBand, Customer, age_band_of
from payswitch.routing.beijing import day_of, weekday_of
from payswitch.routing.conditions import Conditions
from payswitch.routing.policy import Condition
from payswitch.routing.request import RouteRequest

AMOUNTS = st.sampled_from([1, 99, 100, 101, 9_900, 500_000])
AGES = st.sampled_from([None, 0, 17, 18, 24, 25, 30, 31, 61])
DATES = ("2024-11-09", "2024-11-11", "2024-11-12")
WORDS = st.sampled_from(["icbc", "IOS", "ios", "high", "sale", ""])
MAYBE_WORD = st.none() | WORDS
WORD_LISTS = st.lists(WORDS, max_size=2).map(tuple)
HOURS = st.sampled_from([(None, None), (8, 20), (22, 6), (0, 24), (20, 21)])


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    from_hour, to_hour = draw(HOURS)
    return Condition(
        min_fen=draw(st.none() | AMOUNTS),
        max_fen=draw(st.none() | AMOUNTS),
        customer_new=draw(st.sampled_from([None, None, True, False])),
        min_age=draw(AGES),
        max_age=draw(AGES),
        age_bands=draw(st.lists(st.sampled_from(AgeBand), max_size=2).map(tuple)),
        devices=draw(WORD_LISTS),
        risks=draw(WORD_LISTS),
        environments=draw(st.lists(st.sampled_from(Environment), max_size=2).map(tuple)),
        from_hour=from_hour,
        to_hour=to_hour,
        weekdays=draw(st.lists(st.integers(1, 7), max_size=3).map(tuple)),
        from_date=draw(st.none() | st.sampled_from(DATES)),
        to_date=draw(st.none() | st.sampled_from(DATES)),
        banks=draw(WORD_LISTS),
        shops=draw(st.sampled_from([(), ("shop-1",), ("shop-2",)])),
        goods_tags=draw(WORD_LISTS),
        metadata=draw(st.sampled_from([{}, {"k": "v"}, {"k": ("v", "w"), "z": "1"}])),
    )


@st.composite
def requests(draw: st.DrawFn) -> RouteRequest:
    who = Customer(
        is_new=draw(st.sampled_from([None, True, False])),
        age=draw(AGES),
        age_band=draw(st.none() | st.sampled_from(AgeBand)),
        device=draw(MAYBE_WORD),
        risk=draw(MAYBE_WORD),
    )
    return payment(
        amount_fen=draw(AMOUNTS),
        customer=who,
        bank=draw(WORDS),
        goods_tag=draw(MAYBE_WORD),
        environment=draw(st.sampled_from(Environment)),
        local_hour=draw(st.integers(0, 23)),
        local_day=day_of("2024-11-11") + draw(st.integers(-3, 3)),
        metadata=draw(st.sampled_from([{}, {"k": "v"}, {"k": "w", "z": "1"}, {"z": "1"}])),
    )


def holds(when: Condition, request: RouteRequest) -> bool:
    """The manual's words (docs/reference/routing.md), fact by fact."""
    who, hour, day = request.customer, request.local_hour, request.local_day
    band = who.age_band if who.age is None else age_band_of(who.age)
    ages = (who.age, who.age) if who.age is not None else band.ages if band else None
    asked_ages = when.min_age is not None or when.max_age is not None
    lowest, highest = when.min_age or 0, 1_000 if when.max_age is None else when.max_age
    in_hours = when.from_hour is None or when.to_hour is None or _in_hours(hour, when.from_hour, when.to_hour)
    return (
        (when.min_fen is None or request.amount_fen >= when.min_fen)
        and (when.max_fen is None or request.amount_fen <= when.max_fen)
        and (when.customer_new is None or who.is_new is when.customer_new)
        and (not asked_ages or (ages is not None and lowest <= ages[0] and ages[1] <= highest))
        and (not when.age_bands or band in when.age_bands)
        and (not when.devices or _cased(who.device) in map(_cased, when.devices))
        and (not when.risks or who.risk in when.risks)
        and (not when.environments or request.environment in when.environments)
        and in_hours
        and (not when.weekdays or weekday_of(day) in when.weekdays)
        and (when.from_date is None or day >= day_of(when.from_date))
        and (when.to_date is None or day <= day_of(when.to_date))
        and (not when.banks or request.bank in when.banks)
        and (not when.shops or request.shop_id in when.shops)
        and (not when.goods_tags or request.goods_tag in when.goods_tags)
        and all(
            request.metadata.get(key) in ((value,) if isinstance(value, str) else value)
            for key, value in when.metadata.items()
        )
    )


def _cased(device: str | None) -> str | None:
    return None if device is None else device.casefold()


def _in_hours(hour: int, first: int, end: int) -> bool:
    return first <= hour < end if first < end else hour >= first or hour < end


def one_fact(when: Condition) -> list[Condition]:
    """The condition taken apart: otherwise a random one of so many facts would hardly ever hold."""
    parts = [
        Condition(min_fen=when.min_fen, max_fen=when.max_fen),
        Condition(min_age=when.min_age, max_age=when.max_age),
        Condition(from_hour=when.from_hour, to_hour=when.to_hour),
        Condition(from_date=when.from_date, to_date=when.to_date, weekdays=when.weekdays),
        Condition(customer_new=when.customer_new, devices=when.devices),
        Condition(age_bands=when.age_bands, risks=when.risks),
        Condition(environments=when.environments, shops=when.shops),
        Condition(banks=when.banks, goods_tags=when.goods_tags),
        Condition(metadata=when.metadata),
    ]
    return [*parts, when]


@settings(max_examples=150, deadline=None)
@given(st.lists(conditions(), max_size=4), requests())
def test_all_conditions_asked_at_once_hold_exactly_where_each_holds_alone(
    whens: list[Condition], request: RouteRequest
) -> None:
    all_parts = [part for when in whens for part in one_fact(when)]
    holding = Conditions(all_parts).holding(request)
    assert [bool(holding >> n & 1) for n in range(len(all_parts))] == [holds(part, request) for part in all_parts]
    assert holding < 1 << len(all_parts)
