"""The browser that the drill's shoppers (and the tests) use: the machine's own Chromium, driven by Playwright.

Neither comes with the package: `pip install 'payswitch[browser]'` brings Playwright, which downloads nothing here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from payswitch.drill.client import DrillError

if TYPE_CHECKING:
    from playwright.async_api import Browser

FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP shop.example.com 127.0.0.1",
)
"""The last one: Apple's merchant session is for the domain that the sandbox's account has registered."""
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium_path() -> str | None:
    """CHROMIUM names one; else the first that is installed."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """One Chromium, gone afterwards. DrillError says what is missing."""
    path = chromium_path()
    if path is None:
        raise DrillError("no Chromium here: apt-get install chromium, or set CHROMIUM / 未找到 Chromium 浏览器")
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise DrillError("Playwright is missing: pip install 'payswitch[browser]' / 缺少 Playwright") from None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
