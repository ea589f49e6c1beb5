"""What the server beneath us may write on the terminal: what is wrong with us, and nothing about those who ask."""

import asyncio
import logging

from sse_starlette.sse import SendTimeoutError

LOGGER = "uvicorn.error"
ENDS = (SendTimeoutError, asyncio.CancelledError)
"""A browser that took nothing was dropped, or the server ended while it took nothing."""


def ours(record: logging.LogRecord) -> bool:
    """Whether a fault of ours is behind it. That somebody sends no HTTP, or is cut off at the end, is none."""
    error = record.exc_info[1] if record.exc_info else None
    return error is not None and not isinstance(error, ENDS)


def hush() -> None:
    """From now on."""
    logging.getLogger(LOGGER).addFilter(ours)
