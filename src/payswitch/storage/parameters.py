"""The parameters of prepared statements, with their types: PostgreSQL wants to know them before it sees a value."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, bindparam

LIMIT: Final = bindparam("limit", type_=Integer)
"""How many rows at the most."""


def bound_text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text)


def bound_number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)
