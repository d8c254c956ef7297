"""A new connector's files, from templates: `rendered()` gives them, nothing here writes or prints."""

from __future__ import annotations
