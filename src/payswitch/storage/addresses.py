"""What may stand where a database is named: the path of a SQLite file, or the address of a PostgreSQL database.

Imports no database, so that settings and commands can ask without loading one.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

POSTGRES_SCHEMES: Final = ("postgresql", "postgres")
EXAMPLE: Final = "postgresql://user@host:5432/database"

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):")
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^/?#@:]*):.*@")
"""Up to the last @: rather too much than half of a password that should have been written with %40."""
_PASSWORD_OPTION = re.compile(r"(?P<name>[?&](?:password|passfile|sslkey|sslpassword)=)[^&#]*", re.IGNORECASE)
_OPTIONS: Final = {
    *("host", "port", "user", "password", "passfile", "dbname", "database", "krbsrvname", "gsslib"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "target_session_attrs"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "application_name", "options", "search_path"),
}
"""What asyncpg takes after the `?`, and the session settings that make sense for us. Anything else is a slip."""


def is_postgres(database: str) -> bool:
    """Whether it is an address of PostgreSQL; if not, it is the path of a file."""
    return database.startswith(tuple(f"{scheme}://" for scheme in POSTGRES_SCHEMES))


def shown(database: str) -> str:
    """The same without what is secret in it, for messages and logs."""
    if not is_postgres(database):
        return database
    return _PASSWORD_OPTION.sub(r"\g<name>***", _PASSWORD.sub(r"\g<user>:***@", database))


def problem_with(database: str) -> str | None:
    """Why this cannot be a database, in one sentence that repeats no password; None: it can."""
    if not database.strip():
        return f"must be a file or {EXAMPLE} / 须为文件路径或 {EXAMPLE}"
    match = _SCHEME.match(database)
    if match is None:
        return None
    if match["scheme"] not in POSTGRES_SCHEMES:
        return (
            f"{match['scheme']}: is no database that PaySwitch knows; write the path of a SQLite file as it is, or "
            f"{EXAMPLE} / 不支持的数据库地址，请填写 SQLite 文件路径或 {EXAMPLE}"
        )
    return _postgres_problem(database)


def _postgres_problem(database: str) -> str | None:
    wanted = f"write {EXAMPLE} / 须形如 {EXAMPLE}"
    if not is_postgres(database):
        return f"two slashes must follow the colon: {wanted}"
    if "#" in database:
        return f"a # in a password is written as %23: {wanted}"
    try:
        parts = urlsplit(database)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        if "," not in parts.netloc:  # of several hosts, asyncpg reads the ports
            _ = parts.port
    except ValueError:
        return f"not readable (a port that is no number, a % or @ that is not written as %25 or %40?): {wanted}"
    if not unquote(parts.path).strip("/") and not {"dbname", "database"} & set(options):
        return f"the name of the database is missing: {wanted}"
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        return f"unknown option {unknown[0]!r} after the question mark / 问号后的参数无法识别: {unknown[0]}"
    return None
