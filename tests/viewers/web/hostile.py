"""A conversation whose every field is an attack on whoever shows it in a browser."""

from datetime import UTC, datetime
from typing import Any

from tests.viewers.conftest import billed, spoken

EVIL = (
    "<script>window.hit=1;alert(1)</script>", '"><img src=x onerror="window.hit=1;alert(1)">',
    "'><svg onload=alert(1)>", "</title></textarea></script><iframe src=//evil.example>", "{{7*7}}{% raw %}",
    "javascript:alert(1)", "<link rel=stylesheet href=//evil.example/x.css>", "\u202e<b onmouseover=alert(1)>x",
    "<style>*{display:none}</style>", "`${alert(1)}`",
)  # fmt: skip


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hostile() -> list[dict[str, Any]]:
    """A conversation whose every field is an attack."""
    lines: list[dict[str, Any]] = [{"type": "summary", "summary": EVIL[0], "leafUuid": "u-0"}]
    for number, words in enumerate(EVIL):
        where = {"cwd": f"/src/{words}", "gitBranch": words, "version": words, "timestamp": stamp()}
        lines.append(spoken(type="user", uuid=f"u-{number}", message={"role": "user", "content": words}, **where))
        answer = billed(number, stamp(), f"model-{words}")
        call = {"type": "tool_use", "id": f"t-{number}", "name": words[:60], "input": {"command": words}}
        answer["message"]["content"] = [
            {"type": "text", "text": words}, {"type": "thinking", "thinking": words, "signature": "x"}, call,
        ]  # fmt: skip
        lines.append({**answer, **where})
        result = {"type": "tool_result", "tool_use_id": f"t-{number}", "content": words, "is_error": True}
        lines.append(spoken(type="user", uuid=f"r-{number}", message={"role": "user", "content": [result]}, **where))
    lines += [line for number, words in enumerate(EVIL) for line in edited(number, words)]
    return [*lines, billed(len(EVIL), stamp(), "claude-opus-4-5")]  # a price: there are charts to look at


def edited(number: int, words: str) -> list[dict[str, Any]]:
    """A change of a file, which is an attack in its name and in each line."""
    path, old, new = f"/src/{words}/x.py", f"same\n{words}", f"same\n{words} {words}\n\tmore"
    call = {"type": "tool_use", "id": f"e-{number}", "name": "Edit",
            "input": {"file_path": path, "old_string": old, "new_string": new}}  # fmt: skip
    answer = billed(100 + number, stamp(), "model-a")
    answer["message"]["content"] = [call]
    result = {"type": "tool_result", "tool_use_id": f"e-{number}", "content": "done"}
    patch = {"oldStart": 7, "newStart": 7, "lines": [" same", f"-{words}", f"+{words} {words}", "+\tmore"]}
    done = spoken(type="user", uuid=f"er-{number}", message={"role": "user", "content": [result]}, timestamp=stamp())
    told = {"toolUseResult": {"filePath": path, "structuredPatch": [patch]}} if number % 2 else {}
    return [answer, {**done, **told}]
