"""Reading a policy document for the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from payswitch.entry.cli.terminal import BAD_INPUT, fail


def read_document(file: Path) -> Any:
    """YAML or JSON (which is YAML) as plain data. Ends the command for a file that is neither."""
    import yaml

    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(BAD_INPUT, f"cannot read the file / 无法读取文件: {file}", [str(error)])
    except yaml.YAMLError as error:
        fail(BAD_INPUT, f"not readable as YAML or JSON / 不是合法的 YAML 或 JSON: {file}", [str(error)])
    # YAML makes dates of what looks like one: as texts they are what the document means.
    return json.loads(json.dumps(data, default=str))
