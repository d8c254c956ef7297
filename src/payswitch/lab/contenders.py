"""Every router that can be compared, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from payswitch.lab.baselines.bandits import (
    DiscountedThompson,
    DiscountedUcb,
    EpsilonGreedy,
    SlidingWindowThompson,
    SlidingWindowUcb,
)
from payswitch.lab.baselines.change_detection import GlrKlUcb
from payswitch.lab.baselines.common import Baseline
from payswitch.lab.baselines.fixed import FixedSplit, Single, StaticPriority
from payswitch.lab.baselines.operational import BreakerMean, CountWindow, Ejection
from payswitch.lab.contender import Contender
from payswitch.lab.oracles import Oracle
from payswitch.lab.ours import Ours
from payswitch.lab.tuned import TUNED, Parameters
from payswitch.lab.world import World
from payswitch.routing.policy import Policy, Split, SplitMode
from payswitch.routing.policy_default import default_policy

LAG_S: Final = 20.0
INFORMED: Final = "oracle"
OURS: Final = "payswitch"


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    name: str
    title: str
    role: str
    """`ours`, `baseline` or `oracle`."""


BASELINES: Final[Mapping[str, tuple[Callable[..., Baseline], str]]] = {
    "single": (Single, "one channel, one retry"),
    "static": (StaticPriority, "operator's order with failover"),
    "split": (FixedSplit, "fixed 70/20/10 with failover"),
    "epsilon-greedy": (EpsilonGreedy, "epsilon-greedy, constant step"),
    "sw-ucb": (SlidingWindowUcb, "sliding-window UCB"),
    "d-ucb": (DiscountedUcb, "discounted UCB"),
    "d-ts": (DiscountedThompson, "discounted Thompson"),
    "sw-ts": (SlidingWindowThompson, "sliding-window Thompson"),
    "glr-klucb": (GlrKlUcb, "GLR-klUCB, change detection"),
    "count-window": (CountWindow, "count-window success rate"),
    "count-window-explore": (CountWindow, "count window with exploration"),
    "count-window-shipped": (CountWindow, "count window as shipped"),
    "ejection": (Ejection, "operator's order, Envoy ejection"),
    "breaker-mean": (BreakerMean, "breaker and windowed mean"),
}
_UNTUNED: Final[Mapping[str, Parameters]] = {"count-window-shipped": {"size": 125, "explore": 0.05, "threshold": 0.3}}


def our_policies() -> dict[str, tuple[Policy, str]]:
    """Ours, by name: the default policy with its 70/20/10, and two that leave the shares to the estimates."""
    default = default_policy()
    splits = {
        "learned": (Split(mode=SplitMode.LEARNED), "PaySwitch, shares by the estimates"),
        "best": (Split(best=100, warm=0, explore=0), "PaySwitch, always the best"),
    }
    found = {OURS: (default, "PaySwitch, default policy")}
    for word, (split, title) in splits.items():
        found[f"{OURS}-{word}"] = (msgspec.structs.replace(default, version=f"lab-{word}", split=split), title)
    return found


def entrants() -> dict[str, Entrant]:
    """All of them, in the order of the tables: ours, the published ones, the oracles."""
    found = [Entrant(name=name, title=title, role="ours") for name, (_, title) in our_policies().items()]
    found += [Entrant(name=name, title=title, role="baseline") for name, (_, title) in BASELINES.items()]
    found.append(Entrant(name="oracle-20s", title=f"oracle, news {LAG_S:.0f} s late", role="oracle"))
    found.append(Entrant(name=INFORMED, title="oracle, informed", role="oracle"))
    return {entrant.name: entrant for entrant in found}


def parameters_of(name: str) -> Parameters:
    """What a published router is run with; empty where it has nothing to set."""
    return TUNED.get(name) or _UNTUNED.get(name, {})


def make(name: str, world: World, parameters: Parameters | None = None) -> Contender:
    """A fresh router that knows nothing of this world yet (the oracles know all of it)."""
    if name == INFORMED:
        return Oracle(world)
    if name == "oracle-20s":
        return Oracle(world, lag_s=LAG_S)
    ours = our_policies().get(name)
    if ours is not None:
        return Ours(world, ours[0])
    kind, _ = BASELINES[name]
    given: dict[str, Any] = dict(parameters_of(name) if parameters is None else parameters)
    return kind(world.channels, world.dice, **given)
