"""Finds every mistake of shape in a policy document: unknown fields and words, wrong types, missing fields.

msgspec stops at its first error; an operator wants them all, with the place, in both languages, and with the word that
was probably meant.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect


class PolicyProblem(msgspec.Struct, frozen=True):
    """One mistake: where it is, what is wrong, how to mend it."""

    place: str
    """Path in the document, e.g. `rules[2].when.min_fen`."""
    message_en: str
    message_zh: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message_en} / {self.message_zh}"


def _nearest(word: object, allowed: list[str]) -> tuple[str, str]:
    near = get_close_matches(str(word), allowed, n=1)
    if near:
        return f"did you mean `{near[0]}`?", f"是否想写 `{near[0]}`？"
    listed = ", ".join(f"`{name}`" for name in sorted(allowed))
    return f"known: {listed}", f"可用：{listed}"


def unknown(place: str, what_en: str, what_zh: str, word: object, allowed: list[str]) -> PolicyProblem:
    """A problem for a word that is none of the allowed ones."""
    hint_en, hint_zh = _nearest(word, allowed)
    return PolicyProblem(place, f"unknown {what_en} `{word}`; {hint_en}", f"未知的{what_zh} `{word}`；{hint_zh}")


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


_KINDS: dict[type, tuple[str, str]] = {
    inspect.IntType: ("a whole number", "整数"),
    inspect.FloatType: ("a number", "数字"),
    inspect.StrType: ("a text", "文本"),
    inspect.BoolType: ("`true` or `false`", "`true` 或 `false`"),
    inspect.NoneType: ("nothing", "空"),
    inspect.VarTupleType: ("a list", "列表"),
    inspect.StructType: ("a group of fields", "字段组"),
    inspect.DictType: ("a table of names and values", "键值表"),
}


def _wanted(kind: inspect.Type) -> tuple[str, str]:
    if isinstance(kind, inspect.UnionType):
        parts = [_KINDS.get(type(part), ("a value", "值")) for part in kind.types]
        return " or ".join(en for en, _ in parts), "或".join(zh for _, zh in parts)
    return _KINDS.get(type(kind), ("a value", "值"))


def _wrong_type(place: str, kind: inspect.Type, data: object) -> PolicyProblem:
    wanted_en, wanted_zh = _wanted(kind)
    return PolicyProblem(
        place or "(document)", f"must be {wanted_en}, not `{data!r:.60}`", f"应为{wanted_zh}，而不是 `{data!r:.60}`"
    )


def _check_struct(kind: inspect.StructType, data: object, place: str) -> list[PolicyProblem]:
    if not isinstance(data, dict):
        return [_wrong_type(place, kind, data)]
    fields = {field.encode_name: field for field in kind.fields}
    problems = []
    for name, value in data.items():
        if name in fields:
            problems += check_shape(fields[name].type, value, _join(place, str(name)))
        else:
            problems.append(unknown(_join(place, str(name)), "field", "字段", name, list(fields)))
    for name, field in fields.items():
        if field.required and name not in data:
            problems.append(
                PolicyProblem(_join(place, name), "is missing; every one needs it", "缺少该字段，此处必须填写")
            )
    return problems


def _check_list(kind: inspect.VarTupleType, data: object, place: str) -> list[PolicyProblem]:
    if not isinstance(data, (list, tuple)):
        return [_wrong_type(place, kind, data)]
    return [problem for n, item in enumerate(data) for problem in check_shape(kind.item_type, item, f"{place}[{n}]")]


def _check_union(kind: inspect.UnionType, data: object, place: str) -> list[PolicyProblem]:
    """Optional values and plain alternatives: right if any part fits; else the trouble of the only real part."""
    tries = [check_shape(part, data, place) for part in kind.types]
    if not all(tries):
        return []
    real = [
        problems for part, problems in zip(kind.types, tries, strict=True) if not isinstance(part, inspect.NoneType)
    ]
    return real[0] if len(real) == 1 else [_wrong_type(place, kind, data)]


def _check_enum(kind: inspect.EnumType, data: object, place: str) -> list[PolicyProblem]:
    allowed = [str(member.value) for member in kind.cls]
    if data in allowed:
        return []
    names = {"Method": "支付方式", "Product": "支付产品", "Environment": "支付环境", "SplitMode": "分流方式"}
    word = kind.cls.__name__
    return [unknown(place, word.lower(), names.get(word, "取值"), data, allowed)]


def check_shape(kind: inspect.Type, data: Any, place: str = "") -> list[PolicyProblem]:
    """All mistakes of shape in `data`, measured against the type."""
    if isinstance(kind, inspect.StructType):
        return _check_struct(kind, data, place)
    if isinstance(kind, inspect.VarTupleType):
        return _check_list(kind, data, place)
    if isinstance(kind, inspect.UnionType):
        return _check_union(kind, data, place)
    if isinstance(kind, inspect.EnumType):
        return _check_enum(kind, data, place)
    return _check_plain(kind, data, place)


def _check_plain(kind: inspect.Type, data: Any, place: str) -> list[PolicyProblem]:
    if isinstance(kind, inspect.DictType) and isinstance(data, dict):
        return [
            problem for key, value in data.items() for problem in check_shape(kind.value_type, value, f"{place}.{key}")
        ]
    right: dict[type, tuple[type, ...]] = {
        inspect.IntType: (int,),
        inspect.FloatType: (int, float),
        inspect.StrType: (str,),
        inspect.BoolType: (bool,),
        inspect.NoneType: (type(None),),
    }
    fits = isinstance(data, right.get(type(kind), ()))
    if isinstance(data, bool) and not isinstance(kind, inspect.BoolType):
        fits = False
    return [] if fits else [_wrong_type(place, kind, data)]
