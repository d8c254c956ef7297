"""The `[[operators]]` tables: who may manage channels over the admin API, and with which key."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from payswitch.domain.operator import Operator
from payswitch.kit.tables import SHA256, duplicates, id_problems


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[operators]]` table."""

    operator_id: str
    name: str
    merchant_ids: frozenset[str]
    """The merchants whose channels this operator manages."""
    api_key_sha256: str
    """SHA-256 (hex) of the operator's API key; several, separated by spaces, while a key is being changed."""

    def operator(self) -> Operator:
        return Operator(operator_id=self.operator_id, name=self.name, merchant_ids=self.merchant_ids)

    def key_fingerprints(self) -> list[str]:
        return self.api_key_sha256.lower().split()

    def problems(self) -> list[str]:
        """What does not make sense."""
        place = f"operators[{self.operator_id}]"
        found = id_problems(place, operator_id=self.operator_id)
        if not self.merchant_ids:
            found.append(f"{place}.merchant_ids: name at least one merchant / 至少填写一个商户")
        for merchant_id in sorted(self.merchant_ids):
            found += id_problems(place, merchant_ids=merchant_id)
        keys = self.key_fingerprints()
        if not keys or not all(SHA256.fullmatch(key) for key in keys):
            found.append(
                f"{place}.api_key_sha256: 64 hexadecimal characters are needed, the SHA-256 of the API key / "
                "须为 API 密钥的 SHA-256（64 位十六进制）"
            )
        return found


def operators_by_key(operators: Sequence[OperatorSettings]) -> dict[str, Operator]:
    """Whom each key's fingerprint belongs to."""
    return {key: entry.operator() for entry in operators for key in entry.key_fingerprints()}


def operator_problems(operators: Sequence[OperatorSettings], shops_keys: Collection[str]) -> list[str]:
    """What is wrong with all of them together. `shops_keys` are the fingerprints that open shops."""
    problems = [problem for operator in operators for problem in operator.problems()]
    problems += duplicates("operators", [operator.operator_id for operator in operators])
    keys = [key for operator in operators for key in operator.key_fingerprints()]
    if len(set(keys)) < len(keys):
        problems.append("operators: an API key belongs to one operator; one stands twice / 同一 API 密钥重复配置")
    if not set(keys).isdisjoint(shops_keys):
        problems.append(
            "operators: a shop's API key must not be an operator's key as well; make another one / "
            "店铺密钥不能同时作为运营密钥，请另行生成"
        )
    return problems
