"""The bar: only where somebody looks, and gone when it is over."""

import io
import sys

import pytest

from viewers.screen import progress
from viewers.screen.text import width


class Screen(io.StringIO):
    """A terminal as far as the bar can tell."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("room", [20, 40, 80, 200])
def test_the_line_never_reaches_the_last_column(room: int) -> None:
    for done in (0, 1, 500_000_000, 1_000_000_000):
        assert width(progress.line("recording", done, 1_000_000_000, 2.0, room)) < room


def test_it_tells_the_share_and_the_speed() -> None:
    line = progress.line("recording", 250_000_000, 1_000_000_000, 2.0, 100)
    assert "25%" in line and "125 MB/s" in line and "250 MB of 1.0 GB" in line


def test_it_is_cleared_also_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "FIRST_AFTER_S", 0)
    with pytest.raises(KeyboardInterrupt), progress.bar("recording") as step:
        assert step is not None
        step(1, 2)
        raise KeyboardInterrupt
    assert "50%" in screen.getvalue() and screen.getvalue().endswith(progress.CLEAR)


def test_nobody_looks_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bar("recording") as step:
        assert step is None
    assert capsys.readouterr().err == ""


def test_what_is_quick_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress.bar("recording") as step:
        assert step is not None
        step(1, 2)
    assert screen.getvalue() == ""


def test_it_goes_when_all_is_done_and_comes_again_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "FIRST_AFTER_S", 0)
    monkeypatch.setattr(progress, "EVERY_S", 0)
    with progress.bar("importing") as step:
        assert step is not None
        step(1, 2)
        step(2, 2)
        assert screen.getvalue().endswith(progress.CLEAR)
        said = len(screen.getvalue())
        step(2, 2)
        assert len(screen.getvalue()) == said
        step(1, 4)
        assert "25%" in screen.getvalue()[said:]
