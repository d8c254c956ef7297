"""What differs between two policies: per field and, by its name, per rule and tier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from payswitch.routing.policy import Policy


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where two policies differ. None: it is not there."""

    place: str
    """E.g. `split.best`, `rules.large-amount.when.min_fen`, `rules` for their order."""
    before: str | None
    """JSON text."""
    after: str | None


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Every difference, in the order of the document; the name of the version is none."""
    old, new = _flat(before), _flat(after)
    places = dict.fromkeys([*old, *new])
    return [
        Difference(place=place, before=old.get(place), after=new.get(place))
        for place in places
        if old.get(place) != new.get(place)
    ]


def _flat(policy: Policy) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _plain(policy).items():
        if name in ("rules", "tiers"):
            found[name] = _text([part["name"] for part in value])
            for part in value:
                _write(found, f"{name}.{part.pop('name')}", part)
        elif name != "version":
            _write(found, name, value)
    return found


def _plain(policy: Policy) -> dict[str, Any]:
    """Sections in full; of rules and tiers only what they say."""
    plain: dict[str, Any] = msgspec.to_builtins(policy)
    plain["rules"] = [_said(rule) for rule in plain["rules"]]
    plain["tiers"] = [_said(tier) for tier in plain["tiers"]]
    return plain


def _said(part: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: _said(value) if isinstance(value, dict) else value for name, value in part.items()}
    return {name: value for name, value in kept.items() if value not in (None, (), [], {})}


def _write(found: dict[str, str], place: str, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _write(found, f"{place}.{name}", inner)
    else:
        found[place] = _text(value)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
