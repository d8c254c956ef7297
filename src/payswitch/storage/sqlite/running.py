"""Runs a script on a SQLite cursor: every statement is answered on the spot."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from payswitch.storage.scripts import Answer, Ask, AskEach, Script

T = TypeVar("T")


def run_script(cursor: sqlite3.Cursor, script: Script[T]) -> T:
    """The script's result. Raises sqlite3.Error, or what the script raises."""
    try:
        ask = next(script)
        while True:
            ask = script.send(_answer(cursor, ask))
    except StopIteration as end:
        result: T = end.value
        return result


def _answer(cursor: sqlite3.Cursor, ask: Ask) -> Answer:
    compiled = ask.statement.sqlite
    if isinstance(ask, AskEach):
        cursor.executemany(compiled.sql, [compiled.bind(given) for given in ask.given])
        return Answer((), cursor.rowcount)
    cursor.execute(compiled.sql, compiled.bind(ask.given))
    return Answer(cursor.fetchall() if compiled.gives_rows else (), cursor.rowcount)
