"""The screens of tools and of health, by keys."""

from pathlib import Path
from typing import Any

import pytest

SIZES = [(80, 24), (120, 40)]
TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def worked(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """A command that failed, with a secret in it, an edit, and a line that nobody understands."""
    use = answer(1, moment(50), "claude-opus-4-8")
    use["message"]["content"] = [
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": f"echo {TOKEN}"}},
        {"type": "tool_use", "id": "toolu_2", "name": "Edit",
         "input": {"file_path": "/src/app/harbour.py", "old_string": "a", "new_string": "b"}},
    ]  # fmt: skip
    failed, done = prompt("", 30), prompt("", 47, uuid="u-done")
    failed["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no", "is_error": True}
    ]
    done["message"]["content"] = [{"type": "tool_result", "tool_use_id": "toolu_2", "content": "ok"}]
    append(prompt("go", 60), use, done, failed, prompt("last of all", 5))
    record()


@pytest.mark.parametrize("size", SIZES)
def test_tools_are_told_and_a_call_opens_its_session(size: tuple[int, int], worked: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("4")
        text = await eye.until("2 calls · 1 error (50.0%)")
        assert "20.0s" in text and "harbour.py" in text and TOKEN not in text and "(hidden)" in text
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("e")
        await eye.until("failed last")
        await eye.press("j", "enter", "e")
        await eye.until("Edit · slowest")
        await eye.press("enter")
        await eye.until("N newest")
        await eye.until("Edit harbour.py" if size[0] > 80 else "Edit")

    look(by_keys, size)


def test_a_filter_and_a_range_narrow_it(worked: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("4", "slash", *"bash", "enter")
        await eye.until("1 call ·")
        await eye.press("slash", *" project:nowhere", "enter")
        await eye.until("no tool was called")
        await eye.press("escape", "right_square_bracket", "right_square_bracket")
        await eye.until("▐90 days▌")
        await eye.until("2 calls")

    look(by_keys)


@pytest.mark.parametrize("size", SIZES)
def test_health_says_what_to_do(size: tuple[int, int], transcript: Path, worked: None, look: Any, record: Any) -> None:
    with transcript.open("a") as file:
        file.write(f'{{"type": broken \x1b]0;OWNED\x07 {TOKEN}\n')
    record()

    async def by_keys(eye: Any) -> None:
        await eye.press("7")
        text = await eye.until("Rejected lines")
        text = await eye.until("`fleetmeter start`, or")
        assert "no collector runs" in text and "1 file" in text and "read " in text
        text = await eye.until("kept all the same")
        assert TOKEN not in text and "\x1b" not in text
        assert {len(line) for line in eye.lines()} == {size[0]}

    look(by_keys, size)
