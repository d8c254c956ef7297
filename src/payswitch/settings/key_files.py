"""Keys that stand in files beside the configuration: a channel's account, and the master keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from payswitch.kit.sealing import KeyRing, MasterKeyError, read_master_keys

MASTER_KEY_VARIABLE = "PAYSWITCH_MASTER_KEY"
_LONGEST_PATH = 1_024


def account_with_files(given: Mapping[str, str], folder: Path, place: str, problems: list[str]) -> dict[str, str]:
    """An account table with every `<key>_file` replaced by the text of that file."""
    account = {key: value for key, value in given.items() if not key.endswith("_file")}
    for key, value in given.items():
        if not key.endswith("_file"):
            continue
        where, name = f"{place}.{key}", key.removesuffix("_file")
        if name in account:
            problems.append(f"{where}: give either this or {name}, not both / 与 {name} 只能二选一")
        elif len(value) > _LONGEST_PATH or not value.isprintable():
            # Not quoted: it is most likely the key itself.
            problems.append(f"{where}: must be the name of a file; a key's own text goes to {name} / 须为文件名")
        else:
            account[name] = file_text(folder / value, where, problems)
    return account


def file_text(path: Path, place: str, problems: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(f"{place}: cannot read {path} / 无法读取: {error.strerror}")
    except UnicodeDecodeError:
        problems.append(f"{place}: {path} is not a text file, PEM is needed / 不是文本文件，须为 PEM 格式")
    return ""


def read_key_ring(
    master_key_file: str | None, environ: Mapping[str, str], folder: Path, problems: list[str]
) -> KeyRing | None:
    """The master keys, from the environment or from a file. A wrong one is named by where it stands, never quoted."""
    text, place = environ.get(MASTER_KEY_VARIABLE, "").strip(), MASTER_KEY_VARIABLE
    if master_key_file is not None:
        if text:
            problems.append(f"{place}: give either this or service.master_key_file, not both / 只能二选一")
            return None
        place = "service.master_key_file"
        text = file_text(folder / master_key_file, place, problems)
        if not text.strip():
            problems.append(f"{place}: holds no master key / 文件中没有主密钥")
    if not text.strip():
        return None
    try:
        return KeyRing(read_master_keys(text))
    except MasterKeyError as error:
        problems.append(f"{place}: {error}")
        return None
