"""Reading an account table: what every connector asks of it, with all problems collected and no value ever quoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from payswitch.connectors.contract import Account
from payswitch.kit.crypto import KeyFormatError

T = TypeVar("T")


class AccountReader:
    """Reads an account table and collects what is wrong with it. Messages name keys, never their values."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.problems: list[str] = []

    def text(self, key: str, default: str = "") -> str:
        return self._account.get(key, "").strip() or default

    def required(self, key: str, hint: str) -> str:
        value = self.text(key)
        if not value:
            self.problems.append(f"{key} is missing / 缺少 {key}：{hint}")
        return value

    def parsed(self, key: str, parse: Callable[[str], T], hint: str) -> T | None:
        value = self.required(key, hint)
        if not value:
            return None
        try:
            return parse(value)
        except KeyFormatError as error:
            self.problems.append(f"{key}: {error}；{hint}")
        return None

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of these words; the first is meant when nothing is said, unless `default` names another."""
        value = self.text(key, allowed[0] if default is None else default)
        if value not in allowed:
            self.problems.append(f"{key} must be one of {', '.join(allowed)} / {key} 只能是 {'、'.join(allowed)}")
        return value
