"""V1 to V4: viewers never write, hold nobody up, find their way from every start, and show no control of anybody's."""

import hashlib
import os
import pty
import random
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import termios
import time
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import closing
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest

from store.database import open_reader, path_in
from viewers.panels import reading
from viewers.panels.feed import panel
from viewers.panels.fleet_read import Moment
from viewers.panels.ink import plain

DATABASE = "fleetmeter.db"


def digest(home: Path) -> str:
    return hashlib.sha256((home / DATABASE).read_bytes()).hexdigest()


async def every_screen(eye: Any) -> None:
    """Look at all there is."""
    await eye.press("a")
    await eye.until("last word")
    for face in eye.app.faces.values():
        await eye.press(face.number)
        await eye.until(f"▐{face.number} {face.title}▌")
        await eye.pilot.pause(0.1)


@pytest.mark.promise("V1")
def test_V1_looking_at_everything_changes_no_byte(recorded: Path, look: Any) -> None:
    before = digest(recorded)
    look(every_screen)
    assert digest(recorded) == before


@pytest.mark.mutant("V1")
def test_V1_a_viewer_that_writes_is_seen(recorded: Path, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def writing(home: str) -> sqlite3.Connection:
        with closing(sqlite3.connect(path_in(home))) as writer:
            writer.execute("create table if not exists scribble (n)")
            writer.execute("pragma wal_checkpoint(truncate)")
        return open_reader(home)

    before = digest(recorded)
    monkeypatch.setattr(reading, "open_reader", writing)
    look(every_screen)
    assert digest(recorded) != before


def checkpoint(home: Path) -> tuple[int, int]:
    """Whether somebody keeps the log from being emptied, and how many bytes it has after."""
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        writer.execute("create table if not exists filler (text)")
        writer.executemany("insert into filler values (?)", [("x" * 1000,)] * 100)
        writer.commit()
        (busy, _, _) = writer.execute("pragma wal_checkpoint(truncate)").fetchone()
        return busy, os.path.getsize(f"{home / DATABASE}-wal")


@pytest.mark.promise("V2")
def test_V2_an_open_app_holds_no_transaction(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        for face in eye.app.faces.values():
            await eye.press("a" if face.number == "1" else face.number)
            await eye.until(f"{face.number} {face.title}")
            await eye.pilot.pause(0.3)
            assert checkpoint(recorded) == (0, 0)
        assert 0 < eye.app.reading.longest_s < 0.2

    look(by_keys)


@pytest.mark.mutant("V2")
def test_V2_a_cursor_left_open_is_seen(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("1 Fleet")
        left: list[sqlite3.Cursor] = []

        def careless(reader: sqlite3.Connection, _: float) -> None:
            cursor = reader.execute("select session_id from sessions union all select model from responses")
            cursor.fetchone()
            left.append(cursor)

        eye.app.reading.ask("careless", careless)
        await eye.pilot.pause(0.5)
        assert left and checkpoint(recorded)[0] == 1
        eye.app.reading.stop()

    look(by_keys)


def older(home: Path) -> None:
    _version(home, -1)


def newer(home: Path) -> None:
    _version(home, 1)


def _version(home: Path, by: int) -> None:
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        (version,) = writer.execute("pragma user_version").fetchone()
        writer.execute(f"pragma user_version = {version + by}")
        writer.execute("pragma wal_checkpoint(truncate)")


def damaged(home: Path) -> None:
    _gone(home)
    (home / DATABASE).write_bytes(b"no database at all" * 1000)


def empty(home: Path) -> None:
    _gone(home)
    (home / DATABASE).write_bytes(b"")


def _gone(home: Path) -> None:
    for path in home.glob(f"{DATABASE}*"):
        path.unlink()


def no_folder(home: Path) -> None:
    shutil.rmtree(home)


# What was done to the data folder → what the screen says of it.
STARTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no database": (_gone, "nothing is recorded yet"),
    "no folder": (no_folder, "nothing is recorded yet"),
    "older schema": (older, "by an older fleetmeter"),
    "newer schema": (newer, "by a newer"),
    "damaged": (damaged, "no data"),
    "empty file": (empty, "no data"),
}


async def healed(eye: Any, home: Path, whole: Path) -> None:
    """Put the whole database back, as a collector or a person would, and see it come."""
    home.mkdir(exist_ok=True)
    _gone(home)
    shutil.copytree(whole, home, dirs_exist_ok=True)
    await eye.press("a")
    await eye.until("last word", seconds=5)


@pytest.mark.promise("V3")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(("spoil", "words"), STARTS.values(), ids=STARTS)
def test_V3_every_start_says_what_is_wrong_and_heals(
    spoil: Callable[[Path], None], words: str, size: tuple[int, int], recorded: Path, once_recorded: Path, look: Any
) -> None:
    spoil(recorded)

    async def by_keys(eye: Any) -> None:
        await eye.until(words)
        await healed(eye, recorded, once_recorded)
        assert words not in eye.text()

    look(by_keys, size)


@pytest.mark.promise("V3")
@pytest.mark.parametrize(("spoil", "words"), STARTS.values(), ids=STARTS)
def test_V3_what_happens_while_one_looks_is_told_and_heals(
    spoil: Callable[[Path], None], words: str, recorded: Path, once_recorded: Path, look: Any
) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("a")
        await eye.until("last word")
        spoil(recorded)
        if spoil in (older, newer):  # the same file: whoever changes it puts another in its place
            shutil.copy(recorded / DATABASE, recorded / "other")
            os.replace(recorded / "other", recorded / DATABASE)
        await eye.until(words)
        await eye.press("a")
        await healed(eye, recorded, once_recorded)

    look(by_keys)


@pytest.mark.promise("V3")
def test_V3_a_locked_database_is_waited_for(recorded: Path, look: Any) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as writer:
        writer.execute("pragma locking_mode = exclusive")
        writer.execute("begin exclusive")
        writer.execute("create table held (n)")

        async def by_keys(eye: Any) -> None:
            await eye.until("another process holds")
            writer.rollback()
            writer.close()
            await eye.press("a")
            await eye.until("last word", seconds=5)

        look(by_keys)


@pytest.mark.promise("V3")
def test_V3_a_collector_that_does_not_run_is_told(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("No collector runs")
        await eye.until("■ stopped")

    look(by_keys)


@pytest.mark.mutant("V3")
def test_V3_an_app_that_opens_once_is_seen(
    recorded: Path, once_recorded: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _gone(recorded)
    opened: list[str] = []

    def once(home: str) -> sqlite3.Connection:
        if opened:
            raise RuntimeError("never again")
        opened.append(home)
        return open_reader(home)

    monkeypatch.setattr(reading, "open_reader", once)

    async def by_keys(eye: Any) -> None:
        await eye.until("nothing is recorded yet")
        eye.until = patient(eye.until)
        with pytest.raises(AssertionError):
            await healed(eye, recorded, once_recorded)

    look(by_keys)


def patient(until: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    async def short(words: str, *, seconds: float = 1.0, gone: bool = False) -> str:
        return await until(words, seconds=1.5, gone=gone)

    return short


# -- V4

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
    written = capture([*command, "tui"], ["a", "2", "\r", "\x1b", "1", "q"], environ)
    assert "Active sessions" in written and "Tokens and cost" in written
    assert foreign(written) == [], [written[max(at - 30, 0) : at + 30] for at in _places(written)]


@pytest.mark.promise("V4")
@pytest.mark.parametrize("words", [["--once"], ["--once", "--session", "latest"], ["list"], ["list", "--all"],
                                   ["--once", "--json"], ["list", "--json"]])  # fmt: skip
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


# -- as a user starts it


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here: apt-get install tmux")
@pytest.mark.parametrize("words", [["tui"], []], ids=["tui", "alone"])
def test_the_installed_command_opens_in_tmux_and_quits(
    words: list[str], recorded: Path, tmp_path: Path, command: list[str]
) -> None:
    import shlex

    def tmux(*asked: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null", *asked],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    line = shlex.join([*command, *words]) + "; echo ended with $?; sleep 60"
    tmux("new-session", "-d", "-x", "80", "-y", "24", f"LANG=C.UTF-8 {line}")
    try:
        _until(lambda: "Active sessions" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
        tmux("send-keys", "a")
        _until(lambda: "last word" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
        tmux("send-keys", "q")
        _until(lambda: "ended with 0" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
    finally:
        tmux("kill-server")


def _until(is_there: Callable[[], bool], tell: Callable[[], str]) -> None:
    end = time.monotonic() + 20
    while not is_there():
        assert time.monotonic() < end, tell()
        time.sleep(0.1)
