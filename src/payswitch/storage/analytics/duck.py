"""How DuckDB is opened: with bounds, and so that it fetches nothing from anywhere."""

from __future__ import annotations

import typing
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from payswitch.domain.attempt_fact import AttemptFact

if TYPE_CHECKING:
    import duckdb

MEMORY: Final = "1GB"
"""Of DuckDB's own working memory; what does not fit goes to disk. The whole service stays below 2 GiB with it."""
THREADS: Final = 2
_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    # Parquet and JSON are built in. Everything else would be downloaded, which fails offline and surprises online.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": MEMORY,
    "threads": THREADS,
    "preserve_insertion_order": False,
}
_TYPES: Final[dict[Any, str]] = {str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN", float: "DOUBLE"}


Connection: TypeAlias = "duckdb.DuckDBPyConnection"


def connect(spill: Path) -> Connection:
    """A database in memory; `spill`: a folder for what does not fit."""
    import duckdb

    return duckdb.connect(config={**_SETTINGS, "temp_directory": str(spill)})


def _column_type(hint: Any) -> str:
    if isinstance(hint, UnionType):
        (hint,) = [one for one in typing.get_args(hint) if one is not type(None)]
    if typing.get_origin(hint) is list:
        return f"{_TYPES[typing.get_args(hint)[0]]}[]"
    return _TYPES[hint]


COLUMNS: Final[dict[str, str]] = {name: _column_type(hint) for name, hint in typing.get_type_hints(AttemptFact).items()}
"""Of a Parquet file: the fields of `AttemptFact` in their order."""


def text(value: str | Path) -> str:
    """As a literal of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def file_list(files: list[Path]) -> str:
    """As an argument of `read_parquet`."""
    return "[" + ", ".join(text(file) for file in files) + "]"


def rows_of(files: list[Path]) -> str:
    """A source for FROM: the files, or no rows at all."""
    if files:
        return f"read_parquet({file_list(files)}, union_by_name = true)"
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in COLUMNS.items())
    return f"(SELECT {empty} WHERE false)"
