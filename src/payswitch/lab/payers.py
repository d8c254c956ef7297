"""The customers of one world: who comes when, with which bank, amount and device, and who will never pay."""

from __future__ import annotations

from math import exp, log
from random import Random
from typing import Final

import msgspec

from payswitch.lab.outage_timeline import BANKS, DEVICES

SILENT: Final = 0.03
"""Payers who look at the code, do nothing, and say nothing."""
_AMOUNT_MEDIAN_FEN: Final = 15_000
_AMOUNT_SIGMA: Final = 1.5
BAND_LIMITS_FEN: Final = (5_000, 50_000, 500_000)
"""50, 500 and 5,000 yuan: where the amount bands meet. 23, 56, 20 and 1 % of the traffic."""
_PAYER_FAULTS: Final = (0.02, 0.03, 0.05, 0.08)
"""By amount band: no balance, over the limit, wrong password: fails through every channel."""
_DEVICE_SHARES: Final = (0.5, 0.35, 0.15)


class Payer(msgspec.Struct, frozen=True, kw_only=True):
    """One payment that somebody wants to make. The router sees what stands before `hard_fault`."""

    at_s: float
    bank: int
    band: int
    device: int
    amount_fen: int
    hard_fault: bool
    silent: bool

    @property
    def payable(self) -> bool:
        """Whether any router in the world could have got this one paid."""
        return not (self.hard_fault or self.silent)


def draw_payers(arrivals_per_s: float, length_s: float, random: Random) -> list[Payer]:
    """Poisson arrivals; banks by Zipf's law; amounts log-normal."""
    weights = [1 / (rank + 1) for rank in range(BANKS)]
    banks, devices = range(BANKS), range(DEVICES)
    payers: list[Payer] = []
    at_s = random.expovariate(arrivals_per_s)
    while at_s < length_s:
        amount_fen = max(1, round(exp(log(_AMOUNT_MEDIAN_FEN) + _AMOUNT_SIGMA * random.gauss(0.0, 1.0))))
        band = sum(amount_fen >= limit for limit in BAND_LIMITS_FEN)
        payers.append(
            Payer(
                at_s=at_s,
                bank=random.choices(banks, weights)[0],
                band=band,
                device=random.choices(devices, _DEVICE_SHARES)[0],
                amount_fen=amount_fen,
                hard_fault=random.random() < _PAYER_FAULTS[band],
                silent=random.random() < SILENT,
            )
        )
        at_s += random.expovariate(arrivals_per_s)
    return payers
