"""Lines as Claude Code writes them, small: a prompt, an answer, a tool's result."""

import json
from typing import Any

SESSION = "5e551011-0000-4000-8000-000000000001"


def line(**fields: Any) -> bytes:
    """One line, as it stands in a file."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def prompt(number: int, text: str = "go on", **fields: Any) -> bytes:
    """What a person typed."""
    return line(
        **{
            "type": "user", "uuid": f"p{number}", "parentUuid": None, "sessionId": SESSION, "cwd": "/w",
            "version": "2.1.0", "timestamp": at(number), "message": {"role": "user", "content": text}, **fields,
        }
    )  # fmt: skip


def answer(number: int, text: str = "done", output: int = 10, stop: str | None = "end_turn", **fields: Any) -> bytes:
    """A billed answer of one block."""
    usage = {"input_tokens": 1, "output_tokens": output, "cache_read_input_tokens": 100}
    message = {
        "id": f"msg_{number}", "role": "assistant", "model": "claude-opus-4-8", "stop_reason": stop, "usage": usage,
        "content": [{"type": "text", "text": text}],
    }  # fmt: skip
    return line(
        **{
            "type": "assistant", "uuid": f"a{number}", "parentUuid": f"p{number}", "sessionId": SESSION, "cwd": "/w",
            "timestamp": at(number), "requestId": f"req_{number}", "message": message, **fields,
        }
    )  # fmt: skip


def at(number: int) -> str:
    """A minute for each."""
    return f"2026-01-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00.000Z"
