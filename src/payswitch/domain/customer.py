"""顾客: what a shop says of who pays, as far as routing needs it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class AgeBand(StrEnum):
    """年龄段: as much as a shop may want to tell of a customer's age. Both ends are included."""

    UNDER_18 = "under_18"
    FROM_18 = "18_24"
    FROM_25 = "25_30"
    FROM_31 = "31_40"
    FROM_41 = "41_50"
    FROM_51 = "51_60"
    OVER_60 = "over_60"

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and the oldest of the band."""
        return _AGES[self]


_AGES: Final[Mapping[AgeBand, tuple[int, int]]] = {
    AgeBand.UNDER_18: (0, 17),
    AgeBand.FROM_18: (18, 24),
    AgeBand.FROM_25: (25, 30),
    AgeBand.FROM_31: (31, 40),
    AgeBand.FROM_41: (41, 50),
    AgeBand.FROM_51: (51, 60),
    AgeBand.OVER_60: (61, 150),
}


def age_band_of(age: int) -> AgeBand:
    """The band that an age lies in."""
    return next((band for band, (_, oldest) in _AGES.items() if age <= oldest), AgeBand.OVER_60)


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the shop tells about the customer; all of it optional, none of it secret."""

    customer_id: str | None = None
    is_new: bool | None = None
    """Derived from the shop's own history when absent, if a rule asks for it."""
    age: int | None = None
    age_band: AgeBand | None = None
    """Derived from the age when absent; a shop may tell the band alone."""
    device: str | None = None
    """`ios`, `android`, `desktop` ... derived from the user agent when absent."""
    risk: str | None = None
    openid: str | None = None
    """WeChat's id of the customer under the shop's own appid; needed by jsapi. Never logged."""
    openids: dict[str, str] = {}
    """The same by appid, for a shop whose channels live under several (a service provider's, a mini program's): an
    openid means nothing outside its appid. Never logged."""
    buyer_id: str | None = None
    """The wallet's id of the customer (Alipay, UnionPay); needed by their in-app products. Never logged."""
    client_ip: str | None = None
