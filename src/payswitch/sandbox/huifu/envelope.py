"""The outermost JSON of calls and answers, and the text that is signed.

Written from the official Python SDK's behaviour: the members of `data` sorted by name on the outermost level only,
written compactly with non-ASCII characters as they are, SHA256withRSA, base64.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True)
class CallBody:
    """A call as it arrived; nothing in it is verified yet."""

    sys_id: str
    product_id: str
    data: Data
    sign: str

    def text(self, name: str) -> str:
        """A member as text; empty when it is missing or none."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""


def read_call(body: bytes) -> CallBody | None:
    """None if it is no call at all."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return None
    texts = [value.get(name) for name in ("sys_id", "product_id", "sign")]
    sys_id, product_id, sign = (text if isinstance(text, str) else "" for text in texts)
    return CallBody(sys_id=sys_id, product_id=product_id, data=value["data"], sign=sign)


def signed_text(data: Data) -> bytes:
    """What Huifu and its merchants sign."""
    return compact({name: data[name] for name in sorted(data)}).encode("utf-8", "replace")


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
