"""What a scenario promises of its night with switching; a broken promise ends the drill like a loss does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from payswitch.drill.scenario import Promises

if TYPE_CHECKING:
    from payswitch.drill.measure import RunResult


def broken(promises: Promises, run: RunResult) -> Iterator[str]:
    """Every promise that this run did not keep, by the name of its figure. What could not be measured (no credential,
    no surplus) keeps no promise: a night in which nothing happened proves nothing."""
    measured = {
        "credential_p99_ms": run.credential_ms["p99"],
        "hedge_share": run.hedge_share,
        "surplus_refund_s": run.surplus_refund_s["p100"],
    }
    for name, value in measured.items():
        most = getattr(promises, name)
        if most is None or (value is not None and value <= most):
            continue
        found = "没有发生 / did not happen" if value is None else f"{value:g}"
        yield f"{name}: {found}，承诺 / promised {most:g}"
