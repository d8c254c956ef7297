"""What a new connector is called, everywhere it is named."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from typing import Final

import msgspec

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
LONGEST_NAME: Final = 16
"""So that no generated line is longer than the linter allows."""
_LONGEST_TITLE: Final = 24
_IN_STRINGS: Final = frozenset("\"'\\{}@`")
"""Would end or change the string literals that a title is written into."""


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """Names, as they stand in files."""

    name: str
    """`xpay`: configuration, folder, module."""
    title_zh: str
    title_en: str
    external: bool
    """A package of its own instead of folders in this one."""

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def connector(self) -> str:
        """The connector's package, as it is imported."""
        return f"payswitch_{self.name}" if self.external else f"payswitch.connectors.{self.name}"

    @property
    def sandbox(self) -> str:
        """The stand-in's package."""
        return f"payswitch_{self.name}.sandbox" if self.external else f"payswitch.sandbox.{self.name}"

    def tokens(self) -> dict[str, str]:
        """What the templates say, and what stands there afterwards."""
        return {
            "@CONNECTOR@": self.connector,
            "@SANDBOX@": self.sandbox,
            "@name@": self.name,
            "@Name@": self.class_name,
            "@title_zh@": self.title_zh,
            "@title_en@": self.title_en,
        }


def naming_problems(naming: Naming, *, taken: Collection[str]) -> list[str]:
    """What cannot be, all at once, with the cure."""
    found = []
    name = naming.name
    if _NAME.fullmatch(name) is None or len(name) > LONGEST_NAME or keyword.iskeyword(name):
        found.append(
            f"name: {name!r} must be at most {LONGEST_NAME} small letters and digits, like xpay or some_bank / "
            f"名称须为不超过 {LONGEST_NAME} 位的小写字母和数字，如 xpay"
        )
    elif name in taken:
        found.append(f"name: there is a connector {name} already; choose another name / 已有同名连接器，请换一个名称")
    for option, title in (("--title-zh", naming.title_zh), ("--title-en", naming.title_en)):
        if not title.isprintable() or len(title) > _LONGEST_TITLE or _IN_STRINGS & set(title):
            found.append(
                f"{option}: at most {_LONGEST_TITLE} characters, no quotes, braces, @, ` or backslash / "
                f"标题不超过 {_LONGEST_TITLE} 个字，不含引号、花括号、@、` 和反斜线"
            )
    return found
