"""模拟顾客: who comes to the shop, drawn from the scenario and one seed.

Everything a shopper is and will do is drawn before the traffic starts, each shopper from a generator of their own:
the same seed gives the same people in the run with one channel and in the run with all, however the timing falls.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from payswitch.domain.channel import Environment, Method
from payswitch.drill.scenario import Amounts, Range, Scenario, Shoppers, Surge, Traffic

K = TypeVar("K")

WALLET_METHODS: Mapping[str, tuple[Method, ...]] = {
    "wechat": (Method.WECHAT,),
    "alipay": (Method.ALIPAY,),
    "unionpay": (Method.UNIONPAY,),
    "ecny": (Method.ECNY,),
}
"""Which methods a wallet on the phone can pay with."""

IN_APP_WALLET: Mapping[Environment, str] = {Environment.WECHAT: "wechat", Environment.ALIPAY: "alipay"}
"""Inside these apps only the app's own wallet can pay."""

USER_AGENTS: Mapping[Environment, tuple[tuple[str, str], ...]] = {
    Environment.WECHAT: (
        (
            "ios",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Mobile/15E148 MicroMessenger/8.0.60 NetType/WIFI Language/zh_CN",
        ),
        (
            "android",
            "Mozilla/5.0 (Linux; Android 15; V2408A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
            "Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.60 NetType/5G Language/zh_CN",
        ),
    ),
    Environment.ALIPAY: (
        (
            "android",
            "Mozilla/5.0 (Linux; U; Android 15; zh-CN; PKG110) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
            "Chrome/123.0.0.0 Mobile Safari/537.36 AlipayClient/10.7.50 NebulaSDK/1.8.100112",
        ),
    ),
    Environment.MOBILE: (
        (
            "ios",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
        ),
        (
            "android",
            "Mozilla/5.0 (Linux; Android 15; 24129PN74C) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Mobile Safari/537.36",
        ),
    ),
    Environment.DESKTOP: (
        (
            "desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36",
        ),
    ),
}
"""(device, user agent) per environment, so that the switch can also be tried on what browsers really send."""


class Shopper(msgspec.Struct, frozen=True, kw_only=True):
    """One person with one basket."""

    number: int
    arrives_s: float
    """From the start of the traffic."""
    amount_fen: int
    environment: Environment
    device: str
    user_agent: str
    money: dict[str, bool]
    """Wallet -> whether there is enough money in it. In the order in which they are tried."""
    leaves: bool
    changes_mind: bool
    pays_old_code: bool
    is_new: bool
    patience_s: float
    switches: int
    think_s: tuple[float, ...]
    """One think time per code seen; the last one repeats."""
    retry_pause_s: tuple[float, ...]

    @property
    def methods(self) -> tuple[Method, ...]:
        """What this shopper could pay with here, money or not."""
        return tuple(method for wallet in self.money for method in WALLET_METHODS[wallet])

    def can_pay(self, offered: frozenset[Method]) -> bool:
        """Whether a shop with these methods could be paid: there is money in a wallet it takes, and the shopper
        does not leave by themselves."""
        rich = (wallet for wallet, enough in self.money.items() if enough)
        return not self.leaves and any(method in offered for wallet in rich for method in WALLET_METHODS[wallet])

    def think(self, seen: int) -> float:
        """Seconds before confirming the code number `seen` (0, 1, ...)."""
        return self.think_s[min(seen, len(self.think_s) - 1)]

    def pause(self, tries: int) -> float:
        """Seconds before pressing again after `tries` failed tries (1, 2, ...)."""
        return self.retry_pause_s[(tries - 1) % len(self.retry_pause_s)]


def crowd(scenario: Scenario, payments: int, seed: int) -> list[Shopper]:
    """All shoppers of one night, in order of arrival."""
    moments = arrivals(scenario.traffic, payments, seed)
    return [one_shopper(scenario, number, at_s, seed) for number, at_s in enumerate(moments, start=1)]


def arrivals(traffic: Traffic, payments: int, seed: int) -> list[float]:
    """Seconds from the start at which customers arrive, sorted.

    A Poisson process whose rate follows the surges, given that exactly `payments` customers come: then the moments
    are independent draws from the rate's own distribution.
    """
    steps = _rate_steps(traffic.surges)
    total = sum((end - start) * rate for start, end, rate in steps)
    source = random.Random(f"arrivals:{seed}")
    time_s = traffic.time_s(payments)
    return sorted(_invert(steps, source.random() * total) * time_s for _ in range(payments))


def _rate_steps(surges: Sequence[Surge]) -> list[tuple[float, float, float]]:
    """(from, to, relative rate) over the fractions 0..1; surges that overlap multiply."""
    edges = sorted({0.0, 1.0, *(s.start for s in surges), *(s.end for s in surges)})
    steps = []
    for start, end in itertools.pairwise(edges):
        rate = math.prod(s.factor for s in surges if s.start <= start and end <= s.end)
        steps.append((start, end, rate))
    return steps


def _invert(steps: Sequence[tuple[float, float, float]], area: float) -> float:
    for start, end, rate in steps:
        size = (end - start) * rate
        if area <= size:
            return start + area / rate
        area -= size
    return 1.0


def one_shopper(scenario: Scenario, number: int, arrives_s: float, seed: int) -> Shopper:
    """Shopper `number` of this scenario and seed: always the same person."""
    source = random.Random(f"shopper:{seed}:{number}")
    people = scenario.shoppers
    environment = _weighted(source, people.environments)
    device, user_agent = source.choice(USER_AGENTS.get(environment, USER_AGENTS[Environment.MOBILE]))
    return Shopper(
        number=number,
        arrives_s=arrives_s,
        amount_fen=_amount(source, scenario.traffic.amounts),
        environment=environment,
        device=device,
        user_agent=user_agent,
        money=_money(source, people, environment),
        leaves=source.random() < people.leaves,
        changes_mind=source.random() < people.changes_mind,
        pays_old_code=source.random() < people.pays_old_code,
        is_new=source.random() < people.new_customers,
        patience_s=source.uniform(*people.patience_s),
        switches=source.randint(*people.switches),
        think_s=_several(source, people.think_s),
        retry_pause_s=_several(source, people.retry_pause_s),
    )


def _money(source: random.Random, people: Shoppers, environment: Environment) -> dict[str, bool]:
    owned = _weighted(source, people.wallets)
    wallets = ["wechat", "alipay"] if owned == "both" else [str(owned)]
    if environment in IN_APP_WALLET:
        wallets = [IN_APP_WALLET[environment]]
    source.shuffle(wallets)
    broke, one_empty = source.random() < people.no_money, source.random() < people.one_wallet_empty
    money = dict.fromkeys(wallets, not broke)
    if one_empty and len(wallets) > 1:
        money[wallets[0]] = False
    return money


def _several(source: random.Random, span: Range) -> tuple[float, ...]:
    return tuple(source.uniform(*span) for _ in range(4))


def _amount(source: random.Random, amounts: Amounts) -> int:
    drawn = round(amounts.typical_fen * math.exp(source.gauss(0, 0.8)))
    return min(max(drawn, amounts.min_fen), amounts.max_fen)


def _weighted(source: random.Random, weights: Mapping[K, float]) -> K:
    return source.choices(list(weights), weights=list(weights.values()))[0]
