"""Connectors that other packages bring, found through the entry point group `payswitch.connectors`.

A package says in its `pyproject.toml`

    [project.entry-points."payswitch.connectors"]
    xpay = "payswitch_xpay:CONNECTOR"

and is installed beside PaySwitch; nothing here changes. What cannot be loaded is no reason for the others to stand
still: it is remembered with what is wrong, and said when a channel of the configuration wants it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import metadata
from typing import Final

import msgspec

from payswitch.connectors.contract import Connector

GROUP: Final = "payswitch.connectors"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
"""How a connector may be called: a Python module's name, as it stands in configurations and folders."""

_TEXTS: Final = ("name", "title_en", "title_zh")


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What `connector = "..."` in the configuration may name, and what it cannot though a package promised it."""

    connectors: Mapping[str, Connector]
    broken: Mapping[str, str] = {}
    """Name -> what is wrong and how to mend it."""


def with_installed(built_in: Mapping[str, Connector]) -> Registry:
    """The built-in connectors and those of installed packages. Never raises for what a package does wrong."""
    found: dict[str, Connector] = dict(built_in)
    broken: dict[str, str] = {}
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name):
        loaded = _load(point, taken=found)
        if isinstance(loaded, str):
            broken[point.name] = f"{_whose(point)}: {loaded}"
        else:
            found[point.name] = loaded
    return Registry(connectors=found, broken=broken)


def _load(point: metadata.EntryPoint, *, taken: Mapping[str, Connector]) -> Connector | str:
    """The connector, or what is wrong with it."""
    if NAME.fullmatch(point.name) is None:
        return f"the name {point.name!r} must be small letters, digits and _ / 名称只能用小写字母、数字和下划线"
    if point.name in taken:
        return f"the name {point.name!r} is taken by another connector / 名称已被占用"
    try:
        loaded = point.load()
    except Exception as error:  # whatever a stranger's module does when it is imported
        return f"{point.value} cannot be imported: {type(error).__name__}: {error} / 无法导入"
    return _problem_of(loaded, point) or loaded


def _problem_of(loaded: object, point: metadata.EntryPoint) -> str | None:
    """Whether the object is a connector by that name (`connectors.contract.Connector`)."""
    missing = [text for text in _TEXTS if not isinstance(getattr(loaded, text, None), str)]
    missing += [] if isinstance(getattr(loaded, "capabilities", None), Mapping) else ["capabilities"]
    missing += [] if callable(getattr(loaded, "open", None)) else ["open()"]
    if missing:
        return f"{point.value} is no connector, it lacks {', '.join(missing)} / 不是合格的连接器对象"
    name = getattr(loaded, "name", "")
    if name != point.name:
        return f"{point.value} calls itself {name!r}, the entry point says {point.name!r} / 名称与入口点不一致"
    return None


def _whose(point: metadata.EntryPoint) -> str:
    return f"package {point.dist.name} {point.dist.version}" if point.dist is not None else "an installed package"
