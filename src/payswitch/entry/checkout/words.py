"""The checkout's words, Simplified Chinese and English: the same file that the page's script is built with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib import resources

import msgspec

from payswitch.domain.channel import Method


class Language(StrEnum):
    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """What stands in `<html lang>`."""
        return "zh-CN" if self is Language.ZH else "en"


_ALL: dict[str, tuple[str, str]] = msgspec.json.decode(
    resources.files("payswitch.entry.checkout").joinpath("static", "words.json").read_bytes(),
    type=dict[str, tuple[str, str]],
)


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = 0 if language is Language.ZH else 1

    def __call__(self, key: str, **values: object) -> str:
        """The text, `{name}` filled in. KeyError for a key that is not there: a misspelt one is found by every test."""
        text = _ALL[key][self._place]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def methods(self, methods: Sequence[Method]) -> str:
        """`微信支付、支付宝` or `WeChat Pay, Alipay`."""
        return self._listed(f"method.{method}" for method in methods)

    def apps(self, methods: Sequence[Method]) -> str:
        """The apps that scan for these methods."""
        return self._listed(f"app.{method}" for method in methods)

    def _listed(self, keys: Iterable[str]) -> str:
        return ("、" if self.language is Language.ZH else ", ").join(self(key) for key in keys)


def has(key: str) -> bool:
    return key in _ALL


def language_of(asked: str | None, accepted: str) -> Language:
    """`?lang=` if it names one; else English for a browser that wants no Chinese at all; else Chinese.

    `accepted` is the `Accept-Language` header. A shop's customers are Chinese unless they say otherwise.
    """
    if asked in set(Language):
        return Language(asked)
    wanted = accepted.lower()
    return Language.EN if "en" in wanted and "zh" not in wanted else Language.ZH
