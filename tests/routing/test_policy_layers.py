"""A shop's document: only what differs, checked together with what it inherits."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import msgspec
import pytest
import yaml
from tests.routing.test_policy_document import EXAMPLE, MISTAKES
from tests.routing.world import FIVE

from payswitch.domain.channel import Method
from payswitch.routing.policy import Policy, Split
from payswitch.routing.policy_default import default_policy
from payswitch.routing.policy_diff import differences
from payswitch.routing.policy_layers import ShopPolicy, load_merchant_policy, load_shop_policy, resolve
from payswitch.routing.policy_loading import PolicyInvalid, load_policy
from payswitch.routing.policy_schema import policy_schema

SHOPS = ("tea", "books")


def rule(name: str = "r", when: dict[str, Any] | None = None, **then: Any) -> dict[str, Any]:
    return {"name": name, "when": when or {}, "then": then or {"tier": "bank"}}


def problems_of(data: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(PolicyInvalid) as caught:
        load_shop_policy(data, default_policy(), FIVE, "tea")
    return {problem.place: (problem.message_en, problem.message_zh) for problem in caught.value.problems}


def test_an_empty_document_inherits_everything() -> None:
    base = default_policy()
    assert resolve(base, load_shop_policy({}, base, FIVE, "tea"), base.version) == base


def test_a_shops_rule_takes_the_place_of_the_merchants_and_new_ones_come_first() -> None:
    base = default_policy()
    data = {
        "rules": [rule("tea-time", {"goods_tags": ["tea"]}), rule("young-huabei", {"max_age": 25})],
        "without_rules": ["apple-device"],
        "split": {"best": 80, "warm": 10},
        "on_request": ["huabei"],
    }
    whole = resolve(base, load_shop_policy(data, base, FIVE, "tea"), "m-1@1+tea@1")
    assert [one.name for one in whole.rules] == ["tea-time", "large-amount", "young-huabei", "new-customer"]
    assert whole.rules[2].when.max_age == 25
    assert whole.split == Split(best=80, warm=10, explore=10)
    assert (whole.version, whole.on_request, whole.triggers) == ("m-1@1+tea@1", (Method.HUABEI,), base.triggers)


SHOP_MISTAKES: list[tuple[str, Any, str, str]] = [
    ("not a document", [], "(document)", "must be a group of fields"),
    ("unknown field", {"rulez": []}, "rulez", "did you mean `rules`"),
    ("triggers are the merchant's", {"triggers": {}}, "triggers", "move it into the merchant's document"),
    ("maintenance is the merchant's", {"maintenance": []}, "maintenance", "belong to the merchant"),
    ("sum after inheritance", {"split": {"best": 90}}, "split", "is 120; change them"),
    ("wrong type", {"split": {"best": "90"}}, "split.best", "must be a whole number"),
    ("no such rule to drop", {"without_rules": ["aple"]}, "without_rules[0]", "unknown rule of the merchant `aple`"),
    ("a tier that an inherited rule needs", {"tiers": [{"name": "a", "rank": 1}]}, "tiers", "needs the tier `bank`"),
    ("overlapping tiers", {"tiers": [{"name": "bank", "rank": 1}, {"name": "b", "rank": 1}]}, "tiers[1].rank", "over"),
    ("another shop's rule", {"rules": [rule(when={"shops": ["books"]})]}, "rules[0].when.shops", "can never be true"),
    ("unknown channel", {"rules": [rule(only={"channels": ["x"]})]}, "rules[0].then.only.channels", "unknown channel"),
    ("unknown tag", {"rules": [rule(avoid={"tags": ["bnak"]})]}, "rules[0].then.avoid.tags", "did you mean `bank`"),
    ("unknown product", {"rules": [rule(pin={"products": ["h"]})]}, "rules[0].then.pin.products[0]", "unknown product"),
    ("rule twice", {"rules": [rule(), rule()]}, "rules[1].name", "used twice"),
    ("impossible", {"rules": [rule(when={"min_age": 9, "max_age": 8})]}, "rules[0].when.min_age", "can never be true"),
]


@pytest.mark.parametrize(
    ("data", "place", "message"), [m[1:] for m in SHOP_MISTAKES], ids=[m[0] for m in SHOP_MISTAKES]
)
def test_every_mistake_of_a_shops_document_is_told_in_both_languages(data: Any, place: str, message: str) -> None:
    found = problems_of(data)
    assert place in found, found
    english, chinese = found[place]
    assert message in english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_a_merchants_document_names_its_own_channels_tags_and_shops() -> None:
    data = {
        "tiers": [{"name": "bank", "rank": 1, "tags": ["bnak"]}],
        "rules": [rule(when={"shops": ["coffee"]}, prefer={"tags": ["vip"], "channels": ["alipay-mian"]})],
    }
    with pytest.raises(PolicyInvalid) as caught:
        load_merchant_policy(data, FIVE, SHOPS, "m-1@1")
    assert {problem.place for problem in caught.value.problems} >= {
        "tiers[0].tags",
        "rules[0].then.prefer.tags",
        "rules[0].then.prefer.channels",
        "rules[0].when.shops",
    }
    with pytest.raises(PolicyInvalid, match="unknown shop `coffee`; known: `books`, `tea`"):
        load_merchant_policy({"rules": [rule(when={"shops": ["coffee"]})]}, FIVE, SHOPS, "m-1@1")
    assert load_merchant_policy({"version": "mine"}, FIVE, SHOPS, "m-1@1").version == "m-1@1"


def test_mistakes_of_shape_and_of_sense_are_told_together() -> None:
    data = {"version": "1", "triggers": {"timeouts": "2"}, "split": {"best": 1}, "rules": [rule(tier="banks")]}
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(data)
    assert {problem.place for problem in caught.value.problems} == {"triggers.timeouts", "split", "rules[0].then.tier"}
    with pytest.raises(PolicyInvalid) as caught:
        load_policy({**data, "tiers": "none"})
    assert {problem.place for problem in caught.value.problems} == {"triggers.timeouts", "split", "tiers"}


def test_differences_are_named_by_field_and_rule_not_by_place_in_a_list() -> None:
    before, after = default_policy(), resolve(default_policy(), ShopPolicy(without_rules=("large-amount",)), "x")
    assert [one.place for one in differences(before, after)] == [
        "rules",
        "rules.large-amount.when.min_fen",
        "rules.large-amount.then.tier",
    ]
    assert differences(before, before) == []


def test_the_schema_takes_what_loading_takes() -> None:
    schema = jsonschema_rs.validator_for(policy_schema())
    schema.validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))
    schema.validate(msgspec.to_builtins(default_policy()))
    schema.validate({"without_rules": ["large-amount"], "split": {"best": 80}})


OF_SHAPE = [m for m in MISTAKES if m[3].startswith(("must be", "unknown", "did you", "is missing", "known"))]


@pytest.mark.parametrize("data", [m[1] for m in OF_SHAPE], ids=[m[0] for m in OF_SHAPE])
def test_the_schema_refuses_mistakes_of_shape(data: Any) -> None:
    """Beside what no schema says: blank names, hours that belong together, sums."""
    schema = jsonschema_rs.validator_for({**policy_schema(), "anyOf": [{"$ref": "#/$defs/Policy"}]})
    beyond = {"empty version", "unknown tier", "half an hour range", "no such hour"}
    name = next(m[0] for m in MISTAKES if m[1] is data)
    assert schema.is_valid(data) is (name in beyond)


def test_a_policy_is_its_own_document() -> None:
    assert msgspec.convert(msgspec.to_builtins(default_policy()), Policy) == default_policy()
