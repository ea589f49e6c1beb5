"""Numbers as people read them, after the rules of the design."""

import pytest

from viewers.screen import format


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (980, "980"), (999, "999"), (1_000, "1.0k"), (86_400, "86.4k"), (999_949, "999.9k"),
        (999_950, "1.00M"), (1_300_000, "1.30M"), (999_994_999, "999.99M"), (999_995_000, "1.00B"),
        (1_180_000_000, "1.18B"),
    ],
)  # fmt: skip
def test_tokens(number: int, text: str) -> None:
    assert format.tokens(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (999_500, "1 MB"),
        (121_382_159, "121 MB"),
        (2_400_000_000, "2.4 GB"),
    ],
)
def test_size(number: int, text: str) -> None:
    assert format.size(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.004, "0.00 s"), (0.02, "0.02 s"), (1.23, "1.2 s"), (59.96, "1m00s"), (125, "2m05s")]
)
def test_seconds(number: float, text: str) -> None:
    assert format.seconds(number) == text


def test_a_share_is_whole_only_when_all_is_there() -> None:
    assert format.percent(999, 1_000) == "99%"
    assert format.percent(0, 0) == "100%"


def test_a_lower_bound_is_marked() -> None:
    assert format.at_least("1.0k", 1) == "≥\xa01.0k"
    assert format.at_least("1.0k", 0) == "1.0k"


def test_things_have_their_number() -> None:
    assert format.things(1, "file") == "1 file"
    assert format.things(1_204, "file") == "1,204 files"
