"""How full a context is, by examples that one can reckon; and what the configuration may say of it."""

from pathlib import Path

import pytest

from store.config import load
from store.context import Seen, context, usual_windows
from store.errors import FleetmeterError

USUAL = usual_windows()


@pytest.mark.parametrize(
    ("seen", "window", "source", "percent", "headroom"),
    [
        (Seen(50_000, 60_000, "claude-sonnet-4-5"), 200_000, "model", 25, 134_000),
        (Seen(50_000, 60_000, "claude-opus-4-8"), 1_000_000, "model", 5, 870_000),
        (Seen(50_000, 60_000, "claude-opus-4-5-20251101"), 200_000, "model", 25, 134_000),
        (Seen(50_000, 60_000, "claude-sonnet-4-5[1m]"), 1_000_000, "model", 5, 870_000),
        # once longer than that, it is not of the usual size
        (Seen(50_000, 200_001, "claude-sonnet-4-5"), 1_000_000, "growth", 5, 870_000),
        (Seen(50_000, 200_000, "claude-sonnet-4-5"), 200_000, "model", 25, 134_000),
        (Seen(50_000, 1_200_000, "model-x"), 1_200_000, "growth", 50_000 / 12_000, 1_054_000),
        # what a program told is the size, however long it was
        (Seen(64_600, 230_000, "gpt-5", window_tokens=258_400), 258_400, "told", 25, 173_128),
        (Seen(50_000, 1, "claude-opus-4-8", 200_000, "claude-opus-4-8[1m]"), 200_000, "status", 25, 134_000),
        # of another model it told nothing
        (Seen(50_000, 1, "claude-haiku-4-5", 1_000_000, "claude-opus-4-8"), 200_000, "model", 25, 134_000),
        (Seen(50_000, 1, "house-model-7"), 500_000, "config", 10, 410_000),
        # where it was compacted before, it will be again
        (Seen(50_000, 1, "claude-sonnet-4-5", compacted_at_tokens=155_461), 200_000, "model", 25, 105_461),
        (Seen(50_000, 1, "claude-sonnet-4-5", compacted_at_tokens=3_616), 200_000, "model", 25, 134_000),
        (Seen(199_000, 1, "claude-sonnet-4-5"), 200_000, "model", 99.5, 0),
    ],
)
def test_a_context(seen: Seen, window: int, source: str, percent: float, headroom: int) -> None:
    found = context(seen, {"house-model": 500_000, "house": 9}, USUAL)
    assert (found.window_tokens, found.window_from) == (window, source)
    assert found.percent == pytest.approx(percent)
    assert found.headroom_tokens == headroom
    assert found.left_tokens == max(0, window - (seen.used_tokens or 0))


def test_what_is_not_known_is_not_made_up() -> None:
    found = context(Seen(50_000, 60_000, "model-x"), {}, USUAL)
    assert (found.window_tokens, found.percent, found.headroom_tokens) == (None, None, None)
    compacted = context(Seen(None, 60_000, "claude-haiku-4-5"), {}, USUAL)
    assert (compacted.window_tokens, compacted.percent, compacted.headroom_tokens) == (200_000, None, None)


def test_the_user_may_say_how_large_contexts_are(tmp_path: Path) -> None:
    assert load(tmp_path).context.windows == {}
    (tmp_path / "config.toml").write_text('[context.windows]\n"house-model" = 500_000\n')
    assert load(tmp_path).context.windows == {"house-model": 500_000}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("context = 1", "`context` should be a table"),
        ("[context]\nwindow = 1", "unknown key `window` in `context`"),
        ("[context]\nwindows = 1", "`context.windows` should be a table"),
        ('[context.windows]\nm = "200k"', "`context.windows.m` should be a whole number of tokens above 0"),
        ("[context.windows]\nm = true", "`context.windows.m` should be"),
        ("[context.windows]\nm = 0", "`context.windows.m` should be"),
    ],
)
def test_what_is_wrong_with_it_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(FleetmeterError) as told:
        load(tmp_path)
    assert words in str(told.value)
