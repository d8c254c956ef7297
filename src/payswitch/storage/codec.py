"""Structs to rows and back. The columns of a table are the fields of its struct; how a field is stored follows from
its type: text, numbers, truth values and bytes as they are, enums as their value, everything else as JSON text.

Hand-made instead of an ORM because it runs for every row of every payment: a few microseconds each way.
"""

from __future__ import annotations

import dataclasses
import operator
import typing
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")
Convert = Callable[[Any], Any]

_PLAIN = (str, int, bytes)
_NUL: Final = "\x00"
_REPLACEMENT: Final = "\ufffd"


class RowCodec(Generic[T]):
    """Encodes one struct type as a tuple in field order, and decodes such a tuple."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        hints = typing.get_type_hints(kind)
        self.fields = _field_names(kind)
        converters = [_converters(hints[name]) for name in self.fields]
        self._get = operator.attrgetter(*self.fields)
        self._encoders = [(i, enc) for i, (enc, _) in enumerate(converters) if enc is not None]
        self._decoders = [(i, dec) for i, (_, dec) in enumerate(converters) if dec is not None]

    def encode(self, value: T) -> list[Any]:
        """The column values in the order of `fields`. Raises for values that no column can hold."""
        row = list(self._get(value))
        for i, encoder in self._encoders:
            row[i] = encoder(row[i])
        return row

    def decode(self, row: Sequence[Any]) -> T:
        """The struct of a row whose columns stand in the order of `fields`."""
        values = list(row)
        for i, decoder in self._decoders:
            values[i] = decoder(values[i])
        return self.kind(**dict(zip(self.fields, values, strict=True)))


def _field_names(kind: type[Any]) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(f.name for f in dataclasses.fields(kind))
    return tuple(kind.__struct_fields__)


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    """Encoder and decoder of one field; None where the database takes the value as it is."""
    kind, optional = _unwrap(hint)
    if kind is bool:
        return None, bool
    if kind in _PLAIN:
        return None, None
    encode, decode = _enum(kind) if _is_enum(kind) else _json(kind)
    return (_or_none(encode), _or_none(decode)) if optional else (encode, decode)


def _unwrap(hint: Any) -> tuple[Any, bool]:
    """`X | None` -> (X, True); anything else -> (itself, False)."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [arg for arg in typing.get_args(hint) if arg is not NoneType]
        if len(inner) != 1:
            raise TypeError(f"a column holds one type or nothing, not {hint}")
        return inner[0], True
    return hint, False


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _enum(kind: type[StrEnum]) -> tuple[Convert, Convert]:
    members = {member.value: member for member in kind}
    return str.__str__, members.__getitem__


def _json(kind: Any) -> tuple[Convert, Convert]:
    if kind is msgspec.Raw:
        return (lambda raw: bytes(raw).decode()), (lambda text: msgspec.Raw(text.encode()))
    # Sets and dicts in a fixed order: equal values are equal text.
    encoder = msgspec.json.Encoder(order="deterministic")
    decoder = msgspec.json.Decoder(kind)
    return (lambda value: encoder.encode(value).decode()), decoder.decode


def _or_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def without_nul(values: Sequence[Any]) -> Sequence[Any]:
    """The same values for PostgreSQL, whose text cannot hold the character NUL: it becomes U+FFFD.

    No one writes NUL in good faith. But a fact about money that a channel sends with one in it must be written down all
    the same, and not be refused for ever.
    """
    return [value.replace(_NUL, _REPLACEMENT) if type(value) is str and _NUL in value else value for value in values]
