"""What every table is made of: the metadata, columns, and conditions that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, MetaData, Text, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles

metadata: Final = MetaData()

TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared and sorted byte by byte, as SQLite does and as ids and keyset pages need it. PostgreSQL would
follow the language of the database otherwise."""

COUNTER: Final = Integer().with_variant(BigInteger(), "postgresql")
"""A small number. SQLite's integers have 64 bits whatever they are called; so have they all on PostgreSQL."""


def text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=optional)


def number(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def literal(value: StrEnum) -> ColumnElement[str]:
    """An enum value as a literal in the statement's text: only so can a database match it to a partial index."""
    return literal_column(f"'{value.value}'", Text)


def literals(values: Iterable[StrEnum]) -> list[ColumnElement[str]]:
    return [literal(value) for value in values]


def one_of(column: str, values: Iterable[StrEnum]) -> str:
    listed = ", ".join(f"'{value.value}'" for value in values)
    return f"{column} IN ({listed})"


def partial_index(name: str, *columns: Any, where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index over the rows for which `where` holds, in both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def fen_sum(amounts: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of amounts in fen, 0 for none, as a whole number: PostgreSQL's own sum of them is a decimal."""
    return cast(func.coalesce(func.sum(amounts), 0), BigInteger)


class JsonText(ColumnElement[str]):
    """One member of a JSON object that stands in a text column, as text; NULL where it is missing or null."""

    inherit_cache = True
    type = Text()

    def __init__(self, column: str, member: str) -> None:
        self.column = column
        self.member = member


@compiles(JsonText, "sqlite")
def _json_text_sqlite(element: JsonText, compiler: Any, **options: Any) -> str:
    return f"json_extract({element.column}, '$.{element.member}')"


@compiles(JsonText, "postgresql")
def _json_text_postgresql(element: JsonText, compiler: Any, **options: Any) -> str:
    return f"(({element.column}::json) ->> '{element.member}')"
