"""The screen of the fleet, by keys, at the smallest and the usual size."""

from pathlib import Path
from typing import Any

import pytest

from viewers.panels.fleet import doing_of
from viewers.panels.fleet_read import Now, One
from viewers.reports.dates import utc
from viewers.tui.faces import FACES
from viewers.tui.help import EVERYWHERE, OWN, REST

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def live(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """A session that works now, and one answer of it that cost something."""
    append(prompt("make the tests pass", 50), answer(1, moment(40), "claude-sonnet-4-5"), prompt("go on", 20))
    record()


@pytest.mark.parametrize("size", SIZES)
def test_a_session_that_works_is_shown_with_all_that_is_known(size: tuple[int, int], live: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        text = await eye.until("app")
        assert all(word in text for word in ("1 Fleet", "Active sessions", "app  ", "main", "Plan limits", "? help"))
        assert all(len(line) == size[0] for line in eye.lines())
        assert len(eye.lines()) == size[1]
        assert "<$0.01" in text or "$0.0" in text

    look(by_keys, size)


def test_what_is_recorded_while_one_looks_comes_by_itself(
    live: None, look: Any, append: Any, prompt: Any, record: Any
) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("» go on")
        append(prompt("and now the documentation"))
        record()
        await eye.until("» and now the documentation", seconds=3)

    look(by_keys)


def test_thinking_is_timed_from_the_last_thing_that_happened_and_not_from_the_prompt() -> None:
    now = Now(1, "id", "claude", "work", "/src/app", "working", utc(100.0), None, 1, utc(196.0), None)
    assert doing_of(One(now, None, ()), 200.0)[0][0] == "thinking 4s"


def test_equal_rows_are_drawn_once(live: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("app  ")
        limits = eye.app.query_one("#limits")
        drawn = limits.drawn
        for _ in range(5):
            eye.app.tick()
        assert limits.drawn == drawn

    look(by_keys)


def test_past_sessions_are_shown_by_a_and_filtered(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("Nothing in the last 30 minutes")
        await eye.press("a")
        await eye.until("All sessions")
        await eye.until("last word")
        await eye.press("slash", *"nowhere")
        await eye.until("Nothing matches “nowhere”")
        await eye.press("escape")
        await eye.until("last word")

    look(by_keys)


def test_the_letters_of_a_filter_are_no_keys(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("a", "slash", *"qpr")
        assert eye.app.is_running and eye.app.paused_s is None
        await eye.press("enter", "escape", "s")
        assert eye.app.shown.look.sort == "cost"

    look(by_keys)


def test_paused_nothing_moves_until_it_goes_on(live: None, look: Any, append: Any, prompt: Any, record: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("↳ done")  # all that is asked is there
        await eye.press("p")
        await eye.until("⏸ paused")
        append(prompt("not yet"))
        record()
        await eye.pilot.pause(0.4)
        assert "not yet" not in eye.text()
        await eye.press("p")
        await eye.until("not yet", seconds=3)

    look(by_keys)


def test_no_word_of_the_help_is_cut() -> None:
    pairs = [(OWN, pair) for face in FACES for pair in face.help] + [(REST, pair) for pair in EVERYWHERE]
    assert [pair for columns, pair in pairs if any(map(int.__ge__, map(len, pair), columns))] == []
    assert max(len(face.help) for face in FACES) <= len(EVERYWHERE) <= 12


def test_help_names_the_keys(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("question_mark")
        text = await eye.until("Keys of Fleet")
        assert "all sessions" in text and "◆ waiting" in text
        await eye.press("escape")
        await eye.until("Keys of Fleet", gone=True)

    look(by_keys, (80, 24))


@pytest.mark.parametrize("size", [(40, 10), (79, 19), (160, 50), (200, 60)])
def test_every_size_is_filled_to_the_cell(size: tuple[int, int], live: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("app")
        assert {len(line) for line in eye.lines()} == {size[0]}

    look(by_keys, size)


def test_a_resize_keeps_the_cursor_and_the_filter(live: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("app  ")
        await eye.press("slash", *"app", "enter")
        await eye.pilot.resize_terminal(80, 24)
        await eye.until("filter “app”")
        assert {len(line) for line in eye.lines()} == {80}

    look(by_keys)


def test_ascii_draws_with_ascii_alone(live: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        text = await eye.until("Active sessions")
        await eye.until("app  ")
        assert [sign for sign in text if not sign.isascii()] == []

    look(by_keys, is_ascii=True)
