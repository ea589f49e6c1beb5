"""What calls changed in files comes out in one shape, whatever agent wrote it down, and never takes a page with it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import Decoder

from collector.lines import hunks
from collector.lines.edits import Found, _take
from collector.sources import Shows, all_sources
from store.edit import Edit, Hunk

DIFF = "--- a/x.py\n+++ b/x.py\n@@ -7,2 +7,2 @@ def f():\n a\n-b\n+c\n"
FROM_DIFF = (Hunk((" a", "-b", "+c"), 7, 7),)
SWAPPED = (Hunk(("-b", "+c")),)


def read(agent: str, *lines: Any) -> dict[str, list[Edit]]:
    """What the source of an agent shows of these lines."""
    source = next(source for source in all_sources() if source.agent == agent)
    assert isinstance(source, Shows)
    reader, found = source.edits(), Found()
    for line in lines:
        raw = line if isinstance(line, bytes) else json.dumps(line).encode()
        _take(reader, Decoder(reader.shape).decode, raw, found)
    return {call_id: edits for call_id, (_, edits) in found.items()}


def claude_call(name: str, **asked: Any) -> dict[str, Any]:
    block = {"type": "tool_use", "id": "t1", "name": name, "input": {"file_path": "/src/x.py", **asked}}
    return {"type": "assistant", "message": {"content": [block]}}


CLAUDE_DONE = {
    "type": "user",
    "message": {"content": [{"type": "tool_result", "tool_use_id": "t1", "content": "done"}]},
    "toolUseResult": {
        "filePath": "/src/x.py",
        "structuredPatch": [{"oldStart": 7, "newStart": 7, "lines": [" a", "-b", "+c"]}],
    },
}
PATCH = "*** Begin Patch\n*** Update File: x.py\n@@ def f():\n a\n-b\n+c\n*** Add File: y.py\n+new\n*** End Patch"
CHANGES = {"/src/x.py": {"type": "update", "unified_diff": DIFF}, "/src/y.py": {"type": "add", "content": "new\n"}}
PATCHED = [Edit("/src/x.py", FROM_DIFF), Edit("/src/y.py", (Hunk(("+new",), None, 1),))]


def codex(**payload: Any) -> dict[str, Any]:
    return {"type": "response_item" if "item" not in payload else "event_msg", "payload": payload}


def codex_call(call_id: str = "t1", **more: Any) -> dict[str, Any]:
    return codex(**{"type": "custom_tool_call", "call_id": call_id, "name": "apply_patch", "input": PATCH, **more})


def shown(agent: str, *lines: Any) -> Any:
    return pytest.param(agent, lines, id=f"{agent} {len(lines)}")


def test_the_patch_that_was_done_takes_the_place_of_what_was_asked_for() -> None:
    asked = claude_call("Edit", old_string="b", new_string="c")
    assert read("claude", asked) == {"t1": [Edit("/src/x.py", SWAPPED)]}
    assert read("claude", asked, CLAUDE_DONE) == {"t1": [Edit("/src/x.py", FROM_DIFF)]}
    assert read("claude", CLAUDE_DONE, asked, CLAUDE_DONE) == {"t1": [Edit("/src/x.py", FROM_DIFF)]}


def test_several_changes_and_a_new_file_are_shown_as_they_were_asked_for() -> None:
    pairs = [{"old_string": "b", "new_string": "c"}, {"old_string": "d\ne\n", "new_string": "d\n"}, {"old_string": 1}]
    found = read("claude", claude_call("MultiEdit", edits=pairs))
    assert found == {"t1": [Edit("/src/x.py", (*SWAPPED, Hunk((" d", "-e"))))]}
    assert read("claude", claude_call("Write", content="a\nb\n")) == {
        "t1": [Edit("/src/x.py", (Hunk(("+a", "+b"), None, 1),))]
    }
    assert read("claude", claude_call("Bash", command="ls")) == {}


def test_a_patch_is_shown_by_file_and_what_an_event_tells_goes_before_it() -> None:
    asked = [Edit("x.py", (Hunk((" a", "-b", "+c")),)), Edit("y.py", (Hunk(("+new",)),))]
    assert read("codex", codex_call()) == {"t1": asked}
    event = {"type": "event_msg", "payload": {"type": "patch_apply_end", "call_id": "t1", "changes": CHANGES}}
    assert read("codex", codex_call(), event) == {"t1": PATCHED}
    shell = {"command": ["bash", "-lc", f"cd sub && apply_patch <<'E'\n{PATCH}\nE"]}
    call = codex(type="function_call", call_id="t1", name="shell", arguments=json.dumps(shell))
    assert [edit.path for edit in read("codex", call)["t1"]] == ["sub/x.py", "sub/y.py"]


def test_what_a_script_patched_is_the_scripts() -> None:
    script = codex_call("t9", name="exec", input="await tools.apply_patch(…)")
    item = {"type": "FileChange", "id": "exec-1", "changes": CHANGES, "status": "completed"}
    done = codex(type="item_completed", item=item)
    assert read("codex", script, done, done) == {"t9": PATCHED}
    failed = codex(type="item_completed", item={**item, "status": "failed"})
    assert read("codex", script, failed) == {}


ASKED = {"file_path": "/src/x.py", "old_string": "b", "new_string": "c"}
SHOWN = {"fileDiff": DIFF}


OTHERS = [
    shown("gemini", {"id": "m", "toolCalls": [
        {"id": "t1", "name": "replace", "args": ASKED, "status": "success", "resultDisplay": SHOWN}]}),
    shown("qwen", {"uuid": "m", "message": {"parts": [
        {"functionCall": {"id": "t1", "name": "edit", "args": ASKED}}]}},
          {"uuid": "r", "toolCallResult": {"callId": "t1", "status": "success", "resultDisplay": SHOWN}}),
    shown("pi", {"id": "m", "message": {"content": [{"type": "toolCall", "id": "t1", "name": "edit",
          "arguments": {"path": "/src/x.py", "oldText": "b", "newText": "c"}}]}},
          {"id": "r", "message": {"toolCallId": "t1", "details": {"diff": "  7 a\n- 8 b\n+ 8 c"}}}),
    shown("opencode", {"type": "part", "data": {"type": "tool", "callID": "call_0000000001", "tool": "edit",
          "state": {"status": "completed", "input": {"filePath": "/src/x.py", "oldString": "b", "newString": "c"},
          "metadata": {"diff": DIFF}}}}),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "lines"), OTHERS)
def test_other_agents_show_the_same(agent: str, lines: tuple[Any, ...]) -> None:
    found = read(agent, *lines)
    assert list(found.values()) == [[Edit("/src/x.py", FROM_DIFF)]]
    told = json.dumps(lines).replace('"success"', '"error"').replace('"completed"', '"error"')
    asked = read(agent, *json.loads(told.replace('"details"', '"nothing"')))
    assert list(asked.values()) == [[Edit("/src/x.py", SWAPPED)]]


words = st.text("ab\n", max_size=30)


@settings(max_examples=30, deadline=None)
@given(words, words)
def test_what_stays_and_goes_was_there_and_what_stays_and_comes_is(old: str, new: str) -> None:
    for hunk in hunks.between(old, new):
        before = "\n".join(line[1:] for line in hunk.lines if line[0] in " -")
        after = "\n".join(line[1:] for line in hunk.lines if line[0] in " +")
        assert before in old + "\n" and after in new + "\n"


def test_a_huge_change_is_no_work() -> None:
    many = "\n".join(map(str, range(60_000)))
    (hunk,) = hunks.between(many, many[::-1])
    assert len(hunk.lines) == hunks.LINES_KEPT


def spoiled(value: Any) -> Iterator[Any]:
    """The same with each of its parts in turn being something else."""
    yield from (None, 7, "x", [7], {"x": 7})
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: wrong} for wrong in spoiled(inner))
    if isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], wrong, *value[at + 1 :]] for wrong in spoiled(inner))


def test_no_line_is_too_strange() -> None:
    told = {"type": "item_completed", "item": {"type": "FileChange", "id": "t1", "changes": CHANGES}}
    samples = {
        "claude": [claude_call("MultiEdit", edits=[{"old_string": "b", "new_string": "c"}]), CLAUDE_DONE],
        "codex": [codex_call(), codex(**told)],
        **{str(case.values[0]): list(case.values[1]) for case in OTHERS},
    }
    for agent, lines in samples.items():
        read(agent, *(wrong for line in lines for wrong in spoiled(line)))
        deep = b"[" * 100_000 + b"]" * 100_000
        read(agent, b'{"message": ' + deep + b', "data": ' + deep + b', "payload": ' + deep + b"}")
        read(agent, b"", b"{", b"[]", b'{"message": "' + b"\xff" + b'"}')
