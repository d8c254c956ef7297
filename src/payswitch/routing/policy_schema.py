"""The JSON Schema of policy documents, generated from their types and from the limits that loading checks."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch.routing.policy import Policy
from payswitch.routing.policy_layers import ShopPolicy
from payswitch.routing.policy_loading import POSITIVE, UP_TO
from payswitch.routing.policy_meanings import MEANINGS

_SECTIONS = {
    "triggers": "Triggers",
    "split": "Split",
    "scoring": "Scoring",
    "soft_limit": "SoftLimit",
    "hedging": "Hedging",
    "learned_caps": "LearnedCaps",
}

Json = dict[str, Any]


def policy_schemas(ref_template: str) -> dict[str, Json]:
    """Every part by its name: `Policy`, `ShopPolicy` and what they are made of."""
    _, components = msgspec.json.schema_components((Policy, ShopPolicy), ref_template=ref_template)
    parts: dict[str, Json] = msgspec.to_builtins(components)
    for table, limit in (
        (POSITIVE, {"exclusiveMinimum": 0}),
        *((table, {"minimum": 0, "maximum": most}) for table, most in UP_TO),
    ):
        for section, names in table.items():
            for name in names:
                parts[_SECTIONS[section]]["properties"][name].update(limit)
    parts["Policy"]["properties"]["version"]["type"] = ["string", "integer"]
    parts["Condition"]["properties"]["weekdays"]["items"].update({"minimum": 1, "maximum": 7})
    for part in ("Split", "RuleSplit"):
        for name in ("best", "warm", "explore"):
            parts[part]["properties"][name].update({"minimum": 0, "maximum": 100})
    _say_meanings(parts)
    return parts


def _say_meanings(parts: dict[str, Json]) -> None:
    """`title`, `description` and `x-unit` of the figures, and the same in Chinese under `x-...-zh`."""
    for part, figures in MEANINGS.items():
        for name, meaning in figures.items():
            parts[part]["properties"][name].update(
                {
                    "title": meaning.title.en,
                    "description": meaning.what.en,
                    "x-unit": meaning.unit.en,
                    "x-title-zh": meaning.title.zh,
                    "x-description-zh": meaning.what.zh,
                    "x-unit-zh": meaning.unit.zh,
                }
            )


def policy_schema() -> Json:
    """One self-contained document for editors: a merchant's whole policy, or a shop's differences."""
    parts = policy_schemas("#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "PaySwitch routing policy (路由策略)",
        "description": "A merchant's whole policy, or what one shop does otherwise than its merchant.",
        "anyOf": [{"$ref": "#/$defs/Policy"}, {"$ref": "#/$defs/ShopPolicy"}],
        "$defs": dict(sorted(parts.items())),
    }
