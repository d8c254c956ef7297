"""Reads a table of a configuration file into a struct, and tells everything that is wrong with it at once.

A message names the place and what belongs there, in English and Chinese. It never quotes a value: it may be a secret.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""A name that can stand in an address, a log line and a file name."""
SHA256: Final = re.compile(r"[0-9a-f]{64}")
"""In hexadecimal: what a key is known by where the key itself is not written down."""

_WORDS: Mapping[Any, tuple[str, str]] = {
    int: ("a whole number", "整数"),
    float: ("a number", "数字"),
    str: ("a text", "字符串"),
    bool: ("true or false", "true 或 false"),
}


def read_table(
    raw: object, struct: type[T], place: str, problems: list[str], *, as_text: Mapping[str, str] | None = None
) -> T | None:
    """The table as a struct; None when something is wrong, with all of it added to `problems`.

    `as_text` says which fields came as text (from the environment), and under which names: these are read leniently,
    so that `"9000"` is a number.
    """
    if not isinstance(raw, dict):
        problems.append(f"{place}: must be a table / 须为表")
        return None
    as_text = as_text or {}
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    before = len(problems)
    problems += unknown_names(raw, fields, place)
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in raw:
            try:
                values[name] = msgspec.convert(raw[name], field.type, strict=name not in as_text)
            except msgspec.ValidationError:
                english, chinese = _wanted(field.type)
                problems.append(f"{as_text.get(name, f'{place}.{name}')}: must be {english} / 须为{chinese}")
        elif field.required:
            problems.append(f"{place}.{name}: is missing / 缺少此项")
    return struct(**values) if len(problems) == before else None


def unknown_names(raw: Mapping[str, object], known: Mapping[str, object], place: str = "") -> list[str]:
    """A complaint about every name that is not known, with the one that was probably meant."""
    found = []
    for name in raw:
        if name in known:
            continue
        meant = get_close_matches(name, known, 1)
        english = f"; did you mean {meant[0]}?" if meant else ""
        chinese = f"，是否应为 {meant[0]}？" if meant else ""
        where = f"{place}.{name}" if place else name
        found.append(f"{where}: is not known here{english} / 未知的配置项{chinese}")
    return found


def id_problems(place: str, **ids: str) -> list[str]:
    """A complaint about every name that cannot be one."""
    wrong = [name for name, value in ids.items() if ID.fullmatch(value) is None]
    return [
        f"{place}.{name}: must be 1 to 64 of 0-9 A-Z a-z _ - / 须为 1 到 64 个字母、数字、下划线或减号"
        for name in wrong
    ]


def duplicates(table: str, names: Iterable[str]) -> list[str]:
    """A complaint about every name that stands twice."""
    names = list(names)
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"{table}: {name} is configured twice / 重复配置" for name in twice]


def _wanted(kind: Any) -> tuple[str, str]:
    """What a value of this type is, in both languages."""
    if kind in _WORDS:
        return _WORDS[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of([str(member.value) for member in kind])
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _one_of([str(argument) for argument in arguments])
    if origin is Annotated:
        return _within(*_wanted(arguments[0]), arguments[1])
    if origin in (Union, types.UnionType):
        return _wanted(arguments[0])
    if origin is dict:
        return "a table of texts", "值为字符串的表"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        names = ", ".join(kind.__struct_fields__)
        return f"a table with nothing but {names}", f"只含 {names} 的表"
    english, chinese = _wanted(arguments[0])
    return f"a list, each entry {english}", f"列表，每项为{chinese}"


def _one_of(values: list[str]) -> tuple[str, str]:
    return "one of " + ", ".join(values), "以下之一：" + "、".join(values)


def _within(english: str, chinese: str, limits: msgspec.Meta) -> tuple[str, str]:
    if limits.le is None:
        return f"{english}, at least {limits.ge}", f"不小于 {limits.ge} 的{chinese}"
    return f"{english} from {limits.ge} to {limits.le}", f" {limits.ge} 到 {limits.le} 的{chinese}"
