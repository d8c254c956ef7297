"""A report as PDF, printed by the machine's own Chromium where there is one."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_TIMEOUT_S: Final = 60


class NoBrowser(Exception):
    """This machine has no Chromium."""

    def __str__(self) -> str:
        return f"no browser to print with; install Chromium ({', '.join(NAMES[:3])}) / 未找到 Chromium，无法生成 PDF"


class PrintFailed(Exception):
    """The browser was there, and printed nothing."""


def browser() -> str | None:
    """The path of a browser that can print; None: there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


async def report_pdf(html: str) -> bytes:
    """Raises NoBrowser or PrintFailed. The page asks for nothing from anywhere."""
    program = browser()
    if program is None:
        raise NoBrowser
    with tempfile.TemporaryDirectory(prefix="payswitch-report-") as folder:
        page, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-extensions",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            page.as_uri(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await asyncio.wait_for(process.communicate(), _TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise PrintFailed(f"{program} took longer than {_TIMEOUT_S} s / 打印超时") from None
        if not target.is_file():
            raise PrintFailed(f"{program} printed nothing / 未生成 PDF: {said.decode(errors='replace')[-300:]}")
        return target.read_bytes()
