"""The screen of one session, by keys: of now, of long ago, and of one whose file is gone."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import open_reader
from tests.viewers.conftest import SESSION
from tests.viewers.peaked import peaked
from viewers.panels import session_read

SIZES = [(80, 24), (120, 40)]
TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def talk(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """A short talk with a long text, a failed tool and a secret in it."""
    use = answer(1, moment(50), "claude-opus-4-8")
    use["message"]["content"] = [
        {"type": "text", "text": "I look first."},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "cargo test"}},
    ]
    result = prompt("", 45)
    result["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "it failed", "is_error": True}
    ]
    asked = prompt("first line\nsecond line " + "of many words " * 200 + "the very end", 60)
    append(asked, use, result, answer(2, moment(30), "claude-haiku-4-5"), prompt(f"my token is {TOKEN} keep it", 10))
    record()


@pytest.mark.parametrize(("size", "key"), list(zip(SIZES, ("b", "escape"), strict=True)))
def test_enter_opens_the_session_and_two_keys_go_back(size: tuple[int, int], key: str, talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("app  ")
        await eye.press("enter")
        text = await eye.until("Bash cargo test")
        assert all(word in text for word in ("Context", "Tokens and cost", "Now", "✗ Bash", "2 prompts"))
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press(key)
        await eye.until("Active sessions")

    look(by_keys, size)


def test_money_is_told_by_model(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        text = await eye.until("claude-haiku-4-5 ")
        assert "claude-opus-4-8 " in text and "cache hit" in text

    look(by_keys)


def test_the_newest_session_is_shown_where_none_was_chosen(recorded: Path, look: Any) -> None:
    words = peaked(recorded, SESSION)

    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("» go")
        await eye.until(words)

    look(by_keys)


def test_a_row_opens_to_its_whole_text(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        from collector.lines.texts import texts

        eye.app.texts = lambda: texts
        await eye.press("2")
        await eye.until("first line")
        await eye.press("g", "enter")
        await eye.until("esc closes")
        await eye.press("g")
        await eye.until("the very end", seconds=5)
        await eye.press("escape")
        await eye.until("Tokens and cost")

    look(by_keys)


def test_search_and_kinds_narrow_what_is_shown(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("» first")
        await eye.press("slash", *"is:error", "enter")
        await eye.until("search “is:error”")
        assert "✗ Bash" in eye.text() and "↳" not in eye.text()
        await eye.press("escape")
        await eye.until("↳")

    look(by_keys)


def test_words_are_found_however_long_ago_they_were_said(
    talk: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_read, "MOMENTS", 3)

    def found(needle: str) -> list[str | None]:
        with closing(open_reader(str(home))) as reader:
            key, memory, now_s = session_read.newest(reader), session_read.Memory(), time.time()
            first, again = (session_read.session(reader, key, memory, now_s, needle=needle) for _ in range(2))
            assert first is not None and again is not None and first.feed == again.feed
            return [moment.text for moment in again.feed]

    assert len(found("")) == 3
    assert found("is:error") == ["cargo test"]
    assert [(text or "")[:10] for text in found("is:prompt")] == ["my token i", "first line"]
    assert found("nowhere") == []


def test_a_session_whose_file_is_gone_is_there(talk: None, transcript: Path, look: Any) -> None:
    transcript.unlink()

    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("✗ Bash cargo test")

    look(by_keys)


def test_a_panel_fills_the_screen_and_comes_back(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("✗ Bash")
        await eye.press("z")
        await eye.until("Tokens and cost", gone=True)
        await eye.press("z")
        await eye.until("Tokens and cost")

    look(by_keys)


def test_where_there_is_little_room_tab_shows_the_next_panel(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("Activity")
        for title in ("Subagents", "Workflows", "Prompts", "Tools", "Todo", "Plan limits", "Activity"):
            await eye.press("tab")
            await eye.until(title)
        await eye.press(*["tab"] * 4)
        await eye.until("1 call")
        await eye.press("enter")
        await eye.until("search “is:tool Bash”")
        assert "✗ Bash" in eye.text() and "↳" not in eye.text()

    look(by_keys, (80, 24))


def test_brackets_go_to_the_sessions_beside_it(talk: None, recorded_before: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        await eye.until("✗ Bash")
        await eye.press("left_square_bracket")
        await eye.until("long ago")
        await eye.press("right_square_bracket")
        await eye.until("✗ Bash")

    look(by_keys)


@pytest.fixture
def recorded_before(transcript: Path, prompt: Any, record: Any) -> None:
    """Another session, of an hour before."""
    import json

    other = "5f3c0000-0000-4000-8000-0000000000ff"
    line = prompt("long ago", 3600) | {"sessionId": other, "uuid": "u-other"}
    transcript.with_name(f"{other}.jsonl").write_text(json.dumps(line) + "\n")
    record()


@pytest.mark.promise("V14")
def test_V14_a_secret_is_hidden_until_it_is_asked_for(talk: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("2")
        text = await eye.until("my token is")
        assert TOKEN not in text and "ghp_(hidden) keep it" in text
        await eye.press("enter")
        text = await eye.until("v shows secrets")
        assert TOKEN not in text
        await eye.press("v")
        await eye.until(TOKEN)
        await eye.press("v")
        await eye.until(TOKEN, gone=True)

    look(by_keys)
