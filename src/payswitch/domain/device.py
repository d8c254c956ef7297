"""设备: the customer's device from the User-Agent, for shops that do not tell it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_WORDS: Final = (
    # The first line that fits decides: HarmonyOS says Android too, and Android says Linux.
    ("ios", ("iphone", "ipad", "ipod")),
    ("harmony", ("openharmony", "harmonyos")),
    ("android", ("android",)),
    ("macos", ("macintosh", "mac os x")),
    ("windows", ("windows",)),
    ("linux", ("linux", "x11")),
)


@lru_cache(maxsize=4_096)
def device_of(user_agent: str) -> str | None:
    """`ios`, `harmony`, `android`, `macos`, `windows` or `linux`; None when it does not say.

    An iPad that asks for the desktop's page says that it is a Macintosh, and is taken for one.
    """
    text = user_agent.lower()
    return next((device for device, words in _WORDS if any(word in text for word in words)), None)
