"""Text of strangers on a terminal."""

import random
import sys
import unicodedata

import pytest

from viewers.screen.output import safe_json
from viewers.screen.text import clean, cut, cut_left, short_path, width

HOSTILE = [
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x1b]8;;http://evil/\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x1bP1$r0m\x1b\\",
    "\x1b_apc\x1b\\",
    "\x9b31m",
    "\x9d52;c;x\x9c",
    "safe\rrm -rf",
    "abc\x08\x08\x08xyz",
    "\u202egnp.exe",
    "\u2066a\u2069",
    "a\u200bb\u200dc\ufeff",
    "line\u2028line\u2029",
    "\x00\x7f\x85\xa0",
    "\U000e0041tag",
]


def steers(text: str) -> set[str]:
    """What a terminal could take for an order."""
    return {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


@pytest.mark.promise("V4")
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_V4_nothing_hostile_survives(text: str) -> None:
    assert steers(clean(text)) == set()
    assert steers(safe_json(text)) == set()


@pytest.mark.promise("V4")
def test_V4_no_character_survives_that_steers() -> None:
    for code in range(sys.maxunicode + 1):
        assert steers(clean(chr(code))) == set(), hex(code)


@pytest.mark.promise("V4")
@pytest.mark.parametrize("rounds", [500, pytest.param(10_000, marks=pytest.mark.full)])
def test_V4_no_mixture_survives(rounds: int) -> None:
    chance = random.Random(4)
    for _ in range(rounds):
        text = "".join(chance.choice([*HOSTILE, "word", "日本", chr(chance.randrange(0x110000))]) for _ in range(8))
        assert steers(clean(text)) == set()


@pytest.mark.mutant("V4")
def test_V4_the_check_sees_a_control() -> None:
    for text in HOSTILE:
        assert steers(text) or text != clean(text)
    assert steers("\x1b[2J")


def test_plain_text_stays() -> None:
    for text in ("", "plain words", "日本語 naïve 👍", "private \ue0b0"):
        assert clean(text) == text


def test_a_line_stays_one_line() -> None:
    assert clean("a\tb\r\nc") == "a b  c"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("👍", 2), ("ｱ", 1), ("", 0), ("é", 1)]
)
def test_width_is_that_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns


def test_a_cut_is_never_wider_than_asked() -> None:
    for text in ("日本語テキスト", "a日b本c語", "plain words that are long", "e\u0301" * 20, "👍👍👍"):
        for columns in range(12):
            assert width(cut(text, columns)) <= columns
            assert width(cut_left(text, columns)) <= columns
    assert cut("abcdef", 4) == "abc…"
    assert cut_left("tests/crash_recovery.rs", 11) == "…ecovery.rs"
    assert cut("abcd", 4) == "abcd"


def test_a_path_below_home_is_written_short(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/users/me")
    assert short_path("/users/me/.x/y") == "~/.x/y"
    assert short_path("/users/mean/y") == "/users/mean/y"


def test_json_keeps_its_meaning() -> None:
    import json

    for text in HOSTILE:
        assert json.loads(safe_json(json.dumps({"a": text}, ensure_ascii=False))) == {"a": text}
    assert json.loads(safe_json(json.dumps("\U000e0041", ensure_ascii=False))) == "\U000e0041"
