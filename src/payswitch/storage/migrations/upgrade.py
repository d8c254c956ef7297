"""What both databases need to run the revisions. Alembic (0.9 s to import) is loaded only when there is work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from payswitch.storage.errors import SchemaMismatch

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0016"
"""The newest revision in `versions/` (a test holds it to that)."""


def alembic_config() -> Config:
    """Alembic's configuration, made here instead of in an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def run_revisions(connection: Any, place: str) -> None:
    """Bring the database to HEAD in the open transaction of `connection` (SQLAlchemy's).

    Raises SchemaMismatch when the revision it is at is unknown here: a newer PaySwitch has written it.
    """
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise another_version(place, str(error)) from error


def another_version(place: str, what: str) -> SchemaMismatch:
    return SchemaMismatch(
        f"the database {place} was written by another version of PaySwitch ({what}); start that version, or "
        f"another database / 数据库由其他版本的 PaySwitch 写入，请使用对应版本或另一个数据库"
    )


def known_revisions() -> list[str]:
    """Every revision that this PaySwitch knows, oldest first."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]
