"""Little room and nobody there: one panel at a time, a word where none fits, and less work while no key is pressed."""

from typing import Any

import pytest

from viewers.tui import app as apps
from viewers.tui.rest import AFTER_S, Rest


@pytest.mark.parametrize("size", [(39, 10), (40, 9)])
def test_where_nothing_fits_it_says_what_it_needs(size: tuple[int, int], recorded: Any, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        said = f"Needs 40×10, has {size[0]}×{size[1]}"  # noqa: RUF001 - the sign of sizes
        await eye.until(said)
        assert "╭" not in eye.text()
        await eye.pilot.resize_terminal(80, 24)
        await eye.until("Active sessions")
        await eye.until("Needs 40", gone=True)

    look(by_keys, size)


@pytest.mark.parametrize("size", [(40, 10), (79, 30), (120, 19)])
def test_with_little_room_there_is_one_panel_and_tab_goes_through_them(
    size: tuple[int, int], recorded: Any, look: Any
) -> None:
    async def by_keys(eye: Any) -> None:
        for title in ("Active sess", "Plan limits", "Needs atten", "recent acti", "Active sess"):
            text = await eye.until(title)
            assert text.count("╭") == 1 and text.count("╯") == 1
            assert {len(line) for line in eye.lines()} == {size[0]}
            await eye.press("tab")
        await eye.press("2")
        for title in ("Activity", "Context", "Tokens and", "Now", "Subagents"):
            text = await eye.until(title)
            assert text.count("╭") == 1
            await eye.press("tab")

    look(by_keys, size)


def test_while_nobody_looks_less_is_read_and_drawn_until_a_key(recorded: Any, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("Active sessions")
        often = eye.app.reading.poll_s
        eye.app.rest.touched_s -= AFTER_S + 1
        eye.app._tick()
        assert eye.app.reading.poll_s == apps.EVERY_S
        drawn = eye.app.rest.drawn_s
        eye.app._tick()
        assert eye.app.rest.drawn_s == drawn
        await eye.press("j")
        assert eye.app.reading.poll_s == often

    look(by_keys)


def test_rest_begins_minutes_after_the_last_touch() -> None:
    rest = Rest(after_s=100.0)
    assert not rest.is_on and rest.is_due() and rest.is_due()
    rest.touched_s -= 101
    assert rest.is_on and not rest.is_due()
    assert rest.touch() and not rest.is_on and rest.is_due()
