"""V4: nothing that an agent wrote steers the terminal, in the app and without it."""

import os
import pty
import random
import re
import select
import signal
import struct
import termios
import time
import unicodedata
from fcntl import ioctl
from typing import Any

import pytest

from viewers.panels.feed import panel
from viewers.panels.fleet_read import Moment
from viewers.panels.ink import plain

CONTROLS = [chr(code) for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t\r"]
DIRECTIONS = list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SEQUENCES = (
    "\x1b]0;OWNED\x07", "\x1b]52;c;T1dORUQ=\x07", "\x1b]8;;http://owned.example\x1b\\OWNED\x1b]8;;\x1b\\",
    "\x1bP1;OWNED\x1b\\", "\x1b_OWNED\x1b\\", "\x1b^OWNED\x1b\\", "\x9b31337m", "\x1b[31337m", "\x1b[?31337h", "\x1bc",
    "\x9d0;OWNED\x9c", "\x1b[6n", "\x1b[31337;31337H",
)  # fmt: skip
HOSTILE = "".join(f"A{sign}Z" for sign in (*CONTROLS, *DIRECTIONS)) + "".join(f"B{part}Y" for part in SEQUENCES)
OURS = re.compile(r"\x1b\]22;[a-z-]*\x07|\x1b\[[<>?=]?[0-9;:]*\$?[A-HJKSTfhlmpqtu]|\x1b[()][AB0]|\x1b[=>78M]")


def foreign(output: str) -> list[str]:
    """What no line of ours can have made."""
    rest = OURS.sub("", output)
    found = [sign for sign in set(rest) if sign in CONTROLS or sign in DIRECTIONS]
    return found + [text for text in ("]52", "]8;", "[31337", "[?31337") if f"\x1b{text}" in output]


@pytest.fixture
def hostile(append: Any, prompt: Any, answer: Any, moment: Any, record: Any) -> None:
    """A session whose every word is an attack: prompt, reply, tool, target, title, branch, model, folder."""
    bad = HOSTILE[:3000]
    use = answer(1, moment(40), f"model{bad[:200]}")
    use["message"]["content"] = [
        {"type": "text", "text": bad},
        {"type": "tool_use", "id": "toolu_1", "name": f"Tool{bad[:100]}", "input": {"command": bad}},
    ]
    append(
        prompt(bad, 50, gitBranch=f"branch{bad[:200]}", cwd=f"/src/{bad[:200]}"),
        {**use, "gitBranch": f"branch{bad[:200]}"},
        {"type": "custom-title", "customTitle": f"title{bad[:300]}", "sessionId": prompt("")["sessionId"]},
        prompt(HOSTILE[3000:] or bad, 30),
    )
    record()


def capture(command: list[str], keys: list[str], environ: dict[str, str]) -> str:
    """All that the real program writes to a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environ)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    written, end = b"", time.monotonic() + 30
    waiting = list(keys)
    quiet = time.monotonic()
    try:
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    part = os.read(terminal, 65_536)
                except OSError:
                    break
                if not part:
                    break
                written += part
            if b"fleetmeter" in written and waiting and time.monotonic() - quiet > 0.8:
                quiet = time.monotonic()
                os.write(terminal, waiting.pop(0).encode())
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    return written.decode("utf-8", "replace")


def _places(output: str) -> list[int]:
    rest = OURS.sub(lambda found: "." * len(found[0]), output)
    return [at for at, sign in enumerate(rest) if sign in CONTROLS or sign in DIRECTIONS][:5]


@pytest.mark.promise("V4")
def test_V4_nothing_of_a_transcript_steers_the_terminal(hostile: None, command: list[str]) -> None:
    environ = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLUMNS": "120", "LINES": "40"}
    written = capture(
        [*command, "tui"], ["a", "2", "\r", "\x1b", "1", "6", "/", "A", "\r", "j", "4", "7", "q"], environ
    )
    assert all(words in written for words in ("Active sessions", "Tokens and cost", "Matches", "By tool", "What to do"))
    assert foreign(written) == [], [written[max(at - 30, 0) : at + 30] for at in _places(written)]


@pytest.mark.promise("V4")
@pytest.mark.parametrize("words", [["--once"], ["--once", "--session", "latest"], ["list"], ["list", "--all"],
                                   ["--once", "--json"], ["list", "--json"],
                                   ["search", "A"], ["search", "A", "--json"]])  # fmt: skip
def test_V4_nothing_steers_it_without_the_app_either(words: list[str], hostile: None, run: Any) -> None:
    done = run(*words)
    assert done.returncode == 0 and done.stdout
    assert foreign(done.stdout.replace("\n", "")) == []


@pytest.mark.promise("V4")
def test_V4_ten_thousand_texts_are_drawn_without_control() -> None:
    chance = random.Random(4)
    for number in range(0, 10_000, 20):
        texts = ["".join(chr(chance.choice((chance.randrange(0x110000), chance.randrange(256)))) for _ in range(30))
                 for _ in range(20)]  # fmt: skip
        moments = tuple(
            Moment("2026-11-20T10:00:00.000Z", text, chance.choice(("prompt", "message", "tool")), text, text, 1, 1,
                   text, f"{number} {place}", "id", 0)
            for place, text in enumerate(texts)
        )  # fmt: skip
        drawn = "".join(plain(line) for row in panel(moments, 100).rows for line in row.lines)
        assert [
            sign for sign in drawn if not sign.isprintable() and sign not in "\N{NO-BREAK SPACE}" and not is_icon(sign)
        ] == []
        assert foreign(drawn) == []


@pytest.mark.mutant("V4")
@pytest.mark.parametrize("text", [*CONTROLS, *DIRECTIONS, *SEQUENCES])
def test_V4_what_steers_a_terminal_is_seen(text: str) -> None:
    assert foreign(f"before {text} after")


@pytest.mark.mutant("V4")
def test_V4_a_feed_that_does_not_clean_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewers.panels.feed.clean", lambda text: text)
    moment = Moment("2026-11-20T10:00:00.000Z", "main", "prompt", "prompt", HOSTILE, 1, None, None, "r", "id", 0)
    assert foreign(plain(panel((moment,), 5000).rows[0].lines[0]))


def is_icon(sign: str) -> bool:
    """A sign of somebody's own font: it has a width, and steers nothing."""
    return unicodedata.category(sign) == "Co"
