"""The screen of the timeline, by keys."""

import json
from pathlib import Path
from typing import Any

import pytest

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def worked(transcript: Path, append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """Work now, and work three hours ago, of which an agent did a part, and an agent of that one another."""
    append(
        prompt("go", 10_900), calling("outer", answer(1, moment(10_800), "claude-opus-4-8")),
        prompt("again", 60), answer(2, moment(50), "claude-opus-4-8"),
    )  # fmt: skip
    folder = transcript.with_suffix("") / "subagents"
    folder.mkdir(parents=True)
    for number, (name, line) in enumerate({
        "outer": calling("inner", answer(11, moment(10_700), "claude-haiku-4-5")),
        "inner": answer(12, moment(10_600), "claude-haiku-4-5"),
    }.items()):  # fmt: skip
        (folder / f"agent-{name}.jsonl").write_text(json.dumps(line | {"isSidechain": True, "agentId": name}) + "\n")
        told = {"agentType": "Explore", "description": f"the {name} one", "toolUseId": name, "spawnDepth": number + 1}
        (folder / f"agent-{name}.meta.json").write_text(json.dumps(told))
    record()


def calling(agent: str, line: dict[str, Any]) -> dict[str, Any]:
    """With a call that starts an agent."""
    block = {"type": "tool_use", "id": agent, "name": "Agent", "input": {"description": agent}}
    return line | {"message": line["message"] | {"content": [block]}}


@pytest.mark.parametrize("size", SIZES)
def test_lanes_tell_work_and_rest_and_open_the_session(size: tuple[int, int], worked: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("8")
        await eye.until("1 session ")
        text = await eye.until("└ Explore")
        lane, outer, inner = [line for line in text.splitlines() if line[0] == "│" and set("█▒") & set(line)]
        assert lane.count("█") >= 2 and "app" in lane and "now" in text
        assert outer.index("└") < inner.index("└") and "▒" in outer and "▒" in inner and "█" not in outer + inner
        await eye.press("t")
        await eye.until("└ Explore", gone=True)
        await eye.press("t", "j", "enter")
        await eye.until("N newest")
        await eye.press("b")
        await eye.until("└ Explore")
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("left", "left")
        await eye.until("nothing ran in this time")
        await eye.press("N", "h")
        await eye.until("▐6 hours▌")
        await eye.until("└ Explore")
        await eye.press("slash", *"zebra", "enter")
        await eye.until("Nothing matches “zebra”")
        await eye.press("escape", "enter")
        await eye.until("▐2 Session▌")

    look(by_keys, size)
