"""The screen of search, by keys: words, what they were said in, and the session at that place."""

from typing import Any

import pytest

SIZES = [(80, 24), (120, 40)]
TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def said(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """Prompts, a reply and a call."""
    use = answer(1, moment(500), "claude-opus-4-8")
    use["message"]["content"] = [
        {"type": "text", "text": "The harbour is closed.\nUntil Monday."},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "cat harbour.txt"}},
    ]
    append(prompt("is the harbour open?", 510), use, prompt(f"harbour token {TOKEN}", 400), prompt("last of all", 10))
    record()


@pytest.mark.parametrize("size", SIZES)
def test_words_are_typed_and_enter_opens_the_session_there(size: tuple[int, int], said: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("6", "slash", *"harb")
        text = await eye.until("4 matches")
        assert "is the harbour open?" in text and "Bash cat harbour.txt" in text and TOKEN not in text
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("enter", "f")
        await eye.until("2 matches")
        await eye.press("j")
        await eye.until("enter opens the session there")
        await eye.press("k", "enter")
        await eye.until("N newest")
        await eye.until("» harbour token")
        await eye.press("N")
        await eye.until("newest first")

    look(by_keys, size)


def test_the_moment_that_was_found_is_under_the_cursor(said: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("6", "slash", *"closed")
        await eye.until("1 match")
        await eye.press("enter", "enter")
        await eye.until("N newest")
        text = await eye.until("↳ The harbour is closed.")
        (line,) = [line for line in text.splitlines() if "The harbour is closed." in line]
        assert "│▌" in line
        after = text[: text.index("The harbour is closed.")]
        assert "» last of all" in after and "» harbour token" in after

    look(by_keys)


def test_escape_empties_it_and_nothing_found_says_so(said: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("6", "slash", *"zebra")
        await eye.until("Nothing says “zebra”")
        await eye.press("escape")
        await eye.until("Press / and type words")
        await eye.press("slash", *'harbour is:x "')
        await eye.until("is:x is none of")

    look(by_keys)
