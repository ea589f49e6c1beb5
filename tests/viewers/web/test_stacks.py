"""The chart of spend: an axis that fits, and no colour for two."""

import pytest

from viewers.web.stacks import colours, round_up


@pytest.mark.parametrize(("usd", "top"), [(0.0, 0.0), (20.3, 24.0), (20.0, 20.0), (0.07, 0.08), (101.0, 120.0)])
def test_the_axis_ends_a_little_above_the_highest_day(usd: float, top: float) -> None:
    assert round_up(usd) == pytest.approx(top)


def test_models_of_one_family_have_different_colours() -> None:
    found = colours(["claude-opus-4-1", "gpt-5.5", "gpt-5.1-codex", "house-coder-2"])
    assert found["claude-opus-4-1"] == "s-opus"
    assert found["gpt-5.5"] == "s-gpt"
    assert len(set(found.values())) == 4
