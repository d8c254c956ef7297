"""Asking a running service as an operator, for the commands that show what only it knows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import aiohttp

from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail, run_async
from payswitch.kit.secrets import Secret

KEY_VARIABLE = "PAYSWITCH_OPERATOR_KEY"
TIMEOUT_S = 10.0


def operator_key(key_file: Path | None) -> Secret:
    """The operator's key, from a file or the environment: never an argument, which every user of the machine sees."""
    if key_file is None:
        text = os.environ.get(KEY_VARIABLE, "").strip()
        if not text:
            fail(
                BAD_INPUT,
                "an operator's API key is needed / 需要运营密钥",
                [f"set {KEY_VARIABLE}, or give a file with --key-file / 设置 {KEY_VARIABLE}，或用 --key-file 指定文件"],
            )
        return Secret(text)
    try:
        return Secret(key_file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError):
        fail(BAD_INPUT, f"cannot read the key from {key_file} / 无法读取密钥文件")


def get_json(url: str, path: str, key: Secret) -> Any:
    """The answer of a GET. Ends the command with what the service said when it says no."""
    return run_async(lambda: _get(url.rstrip("/") + path, key))


async def _get(address: str, key: Secret) -> Any:
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
            session.get(address, headers=headers, allow_redirects=False) as answer,
        ):
            value = await answer.json(content_type=None)
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        hint = "is the service running there? --url says where / 请确认服务已启动，并用 --url 指定地址"
        fail(CANNOT_RUN, f"no usable answer from {address} / 服务无有效应答: {type(error).__name__}", [hint])
    if status != 200:
        problem = value if isinstance(value, dict) else {}
        details = [str(problem[name]) for name in ("detail", "detail_zh") if problem.get(name)]
        fail(CANNOT_RUN, f"{problem.get('title', f'HTTP {status}')} / {problem.get('title_zh', '请求被拒绝')}", details)
    return value
