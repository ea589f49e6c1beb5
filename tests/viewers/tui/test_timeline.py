"""The screen of the timeline, by keys."""

from typing import Any

import pytest

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def worked(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """Work now, and work three hours ago."""
    append(
        prompt("go", 10_900), answer(1, moment(10_800), "claude-opus-4-8"),
        prompt("again", 60), answer(2, moment(50), "claude-opus-4-8"),
    )  # fmt: skip
    record()


@pytest.mark.parametrize("size", SIZES)
def test_lanes_tell_work_and_rest_and_open_the_session(size: tuple[int, int], worked: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("8")
        await eye.until("1 session ")
        text = await eye.until("█─")
        (lane,) = [line for line in text.splitlines() if "█─" in line]
        assert lane.count("█") >= 2 and "app" in lane and "now" in text
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("left", "left")
        await eye.until("nothing ran in this time")
        await eye.press("n", "h")
        await eye.until("▐6 hours▌")
        await eye.until("█─")
        await eye.press("slash", *"zebra", "enter")
        await eye.until("Nothing matches “zebra”")
        await eye.press("escape", "enter")
        await eye.until("▐2 Session▌")

    look(by_keys, size)
