"""The answers behind a figure as CSV, written as they are read; without a total, for whoever reads it adds up."""

import sys
from collections.abc import Iterator

from viewers.asking import outlet
from viewers.proof.why import Answer, Opened
from viewers.screen.csv_text import Value, line
from viewers.screen.text import clean

NAMES = (
    "at", "agent", "account", "project", "session_id", "run_id", "run_kind", "message_id", "request_id", "is_nested",
    "model", "tier", "branch", "input_tokens", "output_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
    "cache_read_tokens", "total_tokens", "reasoning_tokens", "web_searches", "usd_nanos", "is_unpriced",
    "is_lower_bound", "is_telemetry_only", "is_remainder", "is_reported", "path", "byte_offset", "provider", "matched",
    "reason", "version", "since", "from_time", "above_tokens",
)  # fmt: skip


def show(answers: Iterator[Answer], opened: Opened) -> None:
    """The header, then each answer, the largest first."""
    read = clean if sys.stdout.isatty() else str  # a file gets what is there, a terminal no control
    with outlet.standard_output() as write:
        write(f"{line(NAMES)}\r\n".encode())
        for answer in answers:
            write(f"{read(line(map(lambda name: _value(answer, name), NAMES)))}\r\n".encode())


def _value(answer: Answer, name: str) -> Value:
    is_none = name == "usd_nanos" and answer.is_unpriced
    return None if is_none else getattr(answer, name)
