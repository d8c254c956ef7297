"""`quality.toml`: what stands behind a connector, said by its author in one shape, so that it can be shown."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Final

import msgspec

from payswitch.connectors.contract import Connector

FILE: Final = "quality.toml"
_RULE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE: Final = re.compile(r"(?P<state>done|exempt|todo)(?:: (?P<text>\S.*))?")


class Level(StrEnum):
    """How much of reality has met this connector. Each level includes the one before."""

    SIMULATED = "simulated"
    """Our own stand-in, written from the channel's documents."""
    THIRD_PARTY_CLIENT = "third-party-client"
    """Somebody else's client of the channel works against the same stand-in."""
    LIVE = "live"
    """Real money at the real channel."""


class RuleState(StrEnum):
    DONE = "done"
    EXEMPT = "exempt"
    """Does not apply; the text says why."""
    TODO = "todo"
    """The text says what is missing."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: RuleState
    text: str = ""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """One connector's file, read."""

    level: Level
    note: str
    rules: tuple[Rule, ...]

    def of(self, state: RuleState) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.state is state)


class QualityProblem(ValueError):
    """The file cannot be shown. `problems` say what and how to mend it."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"{name}/{FILE}: " + "; ".join(problems))
        self.problems = problems


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Level
    level_note: str = ""
    rules: dict[str, str]


def quality_of(connector: Connector) -> Quality:
    """Reads the file beside the connector's class, wherever that package is installed. Raises QualityProblem."""
    package = type(connector).__module__
    try:
        folder = resources.files(package if _is_package(package) else package.rpartition(".")[0])
        text = (folder / FILE).read_text(encoding="utf-8")
    except (OSError, ModuleNotFoundError, TypeError, ValueError) as error:
        raise QualityProblem(connector.name, [f"there is no {FILE} beside {package}"]) from error
    return read_quality(connector.name, text)


def _is_package(module: str) -> bool:
    return hasattr(sys.modules.get(module), "__path__")


def read_quality(name: str, text: str) -> Quality:
    """All problems at once."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise QualityProblem(name, [str(error)]) from error
    problems: list[str] = []
    rules = tuple(rule for rule in (_rule(key, value, problems) for key, value in file.rules.items()) if rule)
    problems += _claims(file.level, {rule.name: rule.state for rule in rules})
    if problems:
        raise QualityProblem(name, problems)
    return Quality(level=file.level, note=file.level_note, rules=rules)


def _rule(name: str, value: str, problems: list[str]) -> Rule | None:
    if _RULE_NAME.fullmatch(name) is None:
        problems.append(f"rule {name!r}: small letters, digits and _ only")
    match = _RULE.fullmatch(value)
    if match is None:
        problems.append(f"{name} = {value!r}: write 'done', 'exempt: why' or 'todo: what'")
        return None
    rule = Rule(name=name, state=RuleState(match["state"]), text=match["text"] or "")
    if rule.state is not RuleState.DONE and not rule.text:
        problems.append(f"{name} = {value!r}: say why, or what is missing")
    return rule


def _claims(level: Level, states: Mapping[str, RuleState]) -> list[str]:
    """The level must be borne out by the rules that it rests on."""
    problems = [f"the rule {name!r} is missing" for name in ("third_party_client", "live") if name not in states]
    needed = {Level.SIMULATED: None, Level.THIRD_PARTY_CLIENT: "third_party_client", Level.LIVE: "live"}[level]
    if needed is not None and states.get(needed) is not RuleState.DONE:
        problems.append(f"level = {level.value!r}, but {needed} is not done")
    return problems
