"""Reads a request body: strictly, and with everything that is wrong with it told at once.

The good case is one call into msgspec. Only when that fails is the body taken apart field by field, to tell the
shop's developer all of it and not one error per try.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, TypeVar, get_args

import msgspec

from payswitch.domain.errors import INVALID_REQUEST, MALFORMED_JSON, PaySwitchError
from payswitch.entry.api.limits import RULES
from payswitch.entry.api.rules import Rule

T = TypeVar("T", bound=msgspec.Struct)

_MOST_ERRORS = 30
_EXPECTED = re.compile(r"Expected `(?P<want>[^`]+)`, got `(?P<got>[^`]+)`")
_PATH = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_TYPE_WORDS = {
    "int": ("a whole number", "整数"),
    "float": ("a number with decimals", "小数"),
    "str": ("a text", "字符串"),
    "bool": ("true or false", "布尔值"),
    "object": ("an object", "对象"),
    "array": ("a list", "数组"),
    "null": ("null", "null"),
}


class FieldErrors:
    """Collects what is wrong, by field."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    def add(self, field: str, message: str, message_zh: str) -> None:
        if len(self.found) < _MOST_ERRORS:
            self.found.append({"field": field, "message": f"{message} / {message_zh}"})

    def raise_if_any(self) -> None:
        """Raises `invalid_request` with all of them."""
        if self.found:
            fields = ", ".join(dict.fromkeys(error["field"] or "the body" for error in self.found))
            raise PaySwitchError(
                INVALID_REQUEST,
                detail=f"mend these: {fields}",
                detail_zh=f"请修正：{fields}",
                errors=self.found,
            )


class Reader:
    """Reads bodies of one command type. Made once, at start."""

    def __init__(self, command: type[msgspec.Struct]) -> None:
        self._command = command
        self._decoder = msgspec.json.Decoder(command)
        self._rules = RULES.get(command, {})
        self._own_rules = [(path, rule) for path, rule in self._rules.items() if "." not in path]
        self._nested_rules: list[tuple[str, str, str, Rule]] = []
        for path, rule in self._rules.items():
            owner, dot, name = path.partition(".")
            if dot:
                self._nested_rules.append((path, owner, name, rule))

    def read(self, body: bytes) -> Any:
        """The command, checked. Raises PaySwitchError `malformed_json` or `invalid_request`."""
        try:
            command = self._decoder.decode(body)
        except msgspec.ValidationError:
            self._explain(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _malformed(error) from None
        errors = FieldErrors()
        self._check(command, errors)
        errors.raise_if_any()
        return command

    def _check(self, command: Any, errors: FieldErrors) -> None:
        for name, rule in self._own_rules:
            self._apply(name, rule, getattr(command, name), errors)
        for path, owner, name, rule in self._nested_rules:
            self._apply(path, rule, getattr(getattr(command, owner), name), errors)

    @staticmethod
    def _apply(path: str, rule: Rule, value: Any, errors: FieldErrors) -> None:
        complaint = None if value is None or value is msgspec.UNSET else rule.complaint(value)
        if complaint is not None:
            errors.add(path, *complaint)

    def _explain(self, body: bytes) -> None:
        """Always raises: says which fields are wrong, in the type and beyond."""
        try:
            raw = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _malformed(error) from None
        errors = FieldErrors()
        _compare(raw, self._command, "", errors, {path: rule.complaint for path, rule in self._rules.items()})
        if not errors.found:
            errors.add("", "does not fit the documented request", "与接口文档不符")
        errors.raise_if_any()


def _compare(raw: Any, struct: type[msgspec.Struct], prefix: str, errors: FieldErrors, rules: dict[str, Any]) -> None:
    if not isinstance(raw, dict):
        errors.add(prefix.rstrip("."), "must be an object", "须为对象")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name in raw:
        if name not in fields:
            errors.add(prefix + _quoted(name), "is not known here", "未知字段")
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                errors.add(prefix + name, "is required", "必填")
            continue
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            _compare(raw[name], field.type, f"{prefix}{name}.", errors, rules)
        else:
            _compare_field(raw[name], field.type, prefix + name, errors, rules)


def _compare_field(raw: Any, wanted: Any, path: str, errors: FieldErrors, rules: dict[str, Any]) -> None:
    try:
        value = msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        _add_type_error(error, wanted, path, errors)
        return
    complaint = rules[path](value) if path in rules and value is not None else None
    if complaint is not None:
        errors.add(path, *complaint)


def _add_type_error(error: msgspec.ValidationError, wanted: Any, path: str, errors: FieldErrors) -> None:
    text = str(error)
    inner = _PATH.search(text)
    if inner:
        path += inner["path"]
        text = text[: inner.start()]
    allowed = _allowed(wanted)
    expected = _EXPECTED.fullmatch(text)
    if allowed and text.startswith("Invalid enum value"):
        errors.add(path, f"must be one of {allowed}", f"只能取 {allowed}")
    elif expected:
        en = [_words(expected[group], 0) for group in ("want", "got")]
        zh = [_words(expected[group], 1) for group in ("want", "got")]
        errors.add(path, f"must be {en[0]}, not {en[1]}", f"须为{zh[0]}，而不是{zh[1]}")
    else:
        errors.add(path, "has the wrong type or value", "类型或取值有误")


def _words(types: str, language: int) -> str:
    joint = " or ".join if language == 0 else "或".join
    return joint(_TYPE_WORDS.get(one, (one, one))[language] for one in types.split(" | "))


def _allowed(wanted: Any) -> str:
    """The values of the enumeration in this type, if there is one."""
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return ", ".join(str(member.value) for member in wanted)
    for inner in get_args(wanted):
        found = _allowed(inner)
        if found:
            return found
    return ""


def _quoted(name: str) -> str:
    """An unknown field's name, short and in one line."""
    return "".join(character if character.isprintable() else "?" for character in name[:64])


def _malformed(error: Exception) -> PaySwitchError:
    if isinstance(error, RecursionError):
        return PaySwitchError(MALFORMED_JSON, detail="it is nested too deeply", detail_zh="嵌套过深")
    if isinstance(error, UnicodeDecodeError):
        return PaySwitchError(MALFORMED_JSON, detail="it is not UTF-8", detail_zh="不是 UTF-8 编码")
    return PaySwitchError(MALFORMED_JSON, detail=str(error), detail_zh="请检查 JSON 语法")
