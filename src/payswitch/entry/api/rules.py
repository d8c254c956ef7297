"""Kinds of limits for input fields. Each both checks a value and says itself in the words of JSON Schema."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

Complaint = tuple[str, str]
"""What is wrong and how to mend it, in English and in Chinese."""


class Rule(Protocol):
    """The limit of one field."""

    def schema(self) -> dict[str, Any]:
        """The same limit in the words of JSON Schema."""
        ...

    def complaint(self, value: Any) -> Complaint | None:
        """None when the value is fine. The value has the right type already."""
        ...


class Text:
    """A text of limited length that matches a pattern as a whole."""

    def __init__(self, least: int, most: int, pattern: str, en: str, zh: str, *, most_bytes: int | None = None) -> None:
        self._least, self._most, self._most_bytes = least, most, most_bytes
        self._pattern = pattern
        self._compiled = re.compile(pattern)
        self._complaint = (en, zh)

    def schema(self) -> dict[str, Any]:
        return {
            "description": " / ".join(self._complaint),
            "minLength": self._least,
            "maxLength": self._most,
            "pattern": f"^(?:{self._pattern})$",
        }

    def complaint(self, value: str) -> Complaint | None:
        too_many = self._most_bytes is not None and len(value.encode()) > self._most_bytes
        fits = self._least <= len(value) <= self._most and not too_many and self._compiled.fullmatch(value)
        return None if fits else self._complaint


class Day:
    """A calendar date."""

    def schema(self) -> dict[str, Any]:
        return {"format": "date"}

    def complaint(self, value: str) -> Complaint | None:
        try:
            fits = date.fromisoformat(value).isoformat() == value
        except ValueError:
            fits = False
        return None if fits else ("must be a Beijing date, 2026-11-11", "须为北京日期，如 2026-11-11")


class Whole:
    """A whole number in a range, both ends included."""

    def __init__(self, least: int, most: int, unit_en: str, unit_zh: str) -> None:
        self._least, self._most = least, most
        self._complaint = (
            f"must be between {least} and {most}{unit_en}",
            f"须在 {least} 到 {most} 之间{unit_zh}",
        )

    def schema(self) -> dict[str, Any]:
        return {"minimum": self._least, "maximum": self._most}

    def complaint(self, value: int) -> Complaint | None:
        return None if self._least <= value <= self._most else self._complaint


class OneOf:
    """One of few whole numbers."""

    def __init__(self, *values: int) -> None:
        self._values = values
        listed = ", ".join(map(str, values))
        self._complaint = (f"must be one of {listed}", f"只能取 {listed}")

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self._values)}

    def complaint(self, value: int) -> Complaint | None:
        return None if value in self._values else self._complaint


class Items:
    """A list without repetition."""

    def __init__(self, most: int) -> None:
        self._most = most

    def schema(self) -> dict[str, Any]:
        return {"maxItems": self._most, "uniqueItems": True}

    def complaint(self, value: tuple[Any, ...]) -> Complaint | None:
        if len(value) <= self._most and len(set(value)) == len(value):
            return None
        return f"must be at most {self._most} entries, none twice", f"最多 {self._most} 项，且不得重复"


class Notes:
    """A small table of texts that the shop gets back as it was."""

    def __init__(self, most_keys: int, key: str, most_chars: int, value: str = "") -> None:
        self._value_pattern = value
        self._value = re.compile(value) if value else None
        self._most_keys, self._most_chars = most_keys, most_chars
        self._key_pattern = key
        self._key = re.compile(key)

    def schema(self) -> dict[str, Any]:
        return {
            "maxProperties": self._most_keys,
            "propertyNames": {"pattern": f"^(?:{self._key_pattern})$"},
            "additionalProperties": {"type": "string", "maxLength": self._most_chars} | self._value_schema(),
        }

    def complaint(self, value: Mapping[str, str]) -> Complaint | None:
        if len(value) > self._most_keys:
            return f"must have at most {self._most_keys} keys", f"最多 {self._most_keys} 个键"
        if not all(self._key.fullmatch(key) for key in value):
            return "keys are 1 to 40 of A-Z a-z 0-9 _ . -", "键名须为 1 到 40 个字母、数字或 _ . -"
        if any(len(text) > self._most_chars for text in value.values()):
            return f"values have at most {self._most_chars} characters", f"值最多 {self._most_chars} 个字符"
        if self._value is not None and not all(self._value.fullmatch(text) for text in value.values()):
            return "values must be visible ASCII characters, not empty", "值须为可见 ASCII 字符，不能为空"
        return None

    def _value_schema(self) -> dict[str, str]:
        return {"pattern": f"^(?:{self._value_pattern})$"} if self._value_pattern else {}


class Address:
    """An IP address."""

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}]}

    def complaint(self, value: str) -> Complaint | None:
        try:
            ipaddress.ip_address(value)
        except ValueError:
            readable = False
        else:
            readable = "%" not in value
        return None if readable else ("must be an IPv4 or IPv6 address", "须为 IPv4 或 IPv6 地址")
