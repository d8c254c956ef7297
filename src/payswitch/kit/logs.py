"""Structured logging. Nothing that is secret is ever passed to it: ids and codes only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def configure(level: str = "info") -> None:
    """One line of JSON per event on stderr, for `serve` and the sandbox."""
    import sys

    import structlog
    from structlog.tracebacks import ExceptionDictTransformer

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Places only: the values of local variables would be keys, openids and whole request bodies.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger bound to its module. structlog is imported here, late: it costs 0.3 s of start-up."""
    import structlog

    return cast("FilteringBoundLogger", structlog.get_logger(source=name))
