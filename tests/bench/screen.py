"""The terminal app as a user has it, in a terminal of its own: how soon a line is seen, and what looking costs."""

import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

from live import used
from programs import SCOPE

COLUMNS, LINES = 120, 40
READY_S = 120.0
SESSIONS, RATE = 20, 5.0
TROUBLE, ANSWERED = "no data", ("● live", "■ stopped", "■ recording")
"""What stands at the right of the tabs when the database cannot be read, and when it was: frames come before both."""
SIGNS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")


class Screen:
    """The app behind a pseudo terminal; what it writes is read until a word is in it."""

    def __init__(self, command: str, environ: dict[str, str], *words: str) -> None:
        self.began = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command, [command, "tui", "--no-start", *words], environ)
        ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.tail = b""

    def until(self, *words: str, seconds: float = READY_S) -> float:
        """When one of them was written, of the clock that counts; a database that cannot be read is no answer."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            shown = SIGNS.sub(b"", self.tail)
            if TROUBLE.encode() in shown:
                raise SystemExit("the app cannot read this database: nothing is measured")
            if any(word.encode() in shown for word in words):
                return time.perf_counter()
            self.read(0.1)
        raise SystemExit(f"{words} was never drawn")

    def read(self, seconds: float) -> None:
        """Take what it writes in that time."""
        if select.select([self.terminal], [], [], seconds)[0]:
            self.tail = (self.tail + os.read(self.terminal, 1 << 16))[-(1 << 18) :]

    def drain(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.read(0.05)

    def forget(self) -> None:
        self.tail = b""

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@contextmanager
def demo(work: Path, command: str, rate: float) -> Generator[dict[str, str], None, None]:
    """A fleet of imaginary agents with its collector; the environment of somebody who looks at it."""
    folder = work / f"screen-{os.getpid()}-{rate:g}"
    words = [command, "demo", "--sessions", str(SESSIONS), "--rate", str(rate), "--home", str(folder), "--keep"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=private(work, os.devnull))
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Ctrl+C"):
                break
        yield private(folder / "home", str(folder / "fleetmeter"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def private(home: Path, data: str) -> dict[str, str]:
    """Nothing of the user's."""
    home.mkdir(parents=True, exist_ok=True)
    own = {"HOME": str(home), "FLEETMETER_HOME": data, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    return {**own, "PATH": os.environ["PATH"], "FLEETMETER_SCOPE": SCOPE}


def append(path: Path, number: int, clock: Callable[[], float]) -> float:
    """A prompt with a word of its own, at the end of a transcript; when it was written, of that clock."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    line = {"type": "user", "uuid": f"{path.stem}-{number}", "sessionId": path.stem, "cwd": "/bench",
            "version": "2.1.0", "timestamp": at, "message": {"role": "user", "content": f"zq{number}qz"}}  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        began = clock()
        file.write((json.dumps(line) + "\n").encode())
    return began


def latencies(command: str, environ: dict[str, str], lines: int) -> list[float]:
    """Milliseconds from an appended line until its words are written to the terminal."""
    path = Path(environ["HOME"]) / ".claude" / "projects" / "-bench" / "5f3c0000-0000-4000-8000-0000000000be.jsonl"
    found: list[float] = []
    append(path, 0, time.perf_counter)
    time.sleep(2)
    screen = Screen(command, environ, path.stem)
    try:
        screen.until("zq0qz")
        for number in range(1, lines + 1):
            screen.drain(0.3)
            screen.forget()
            began = append(path, number, time.perf_counter)
            found.append((screen.until(f"zq{number}qz", seconds=10) - began) * 1000)
    finally:
        screen.close()
    return sorted(found)


def share(command: str, environ: dict[str, str], seconds: float, keys: str = "") -> tuple[float, float, float]:
    """Percent of a core that the app takes, and its MiB at the beginning and at the end."""
    screen = Screen(command, environ)
    try:
        screen.until(*ANSWERED)
        screen.press(keys)
        screen.drain(5)
        cpu, _, first = used(screen.pid)
        began = time.perf_counter()
        screen.drain(seconds)
        again, _, last = used(screen.pid)
        return (again - cpu) / (time.perf_counter() - began) * 100, first, last
    finally:
        screen.close()


def paints(command: str, environ: dict[str, str], runs: int) -> list[float]:
    """Seconds from the start until the first answer is on the screen."""
    found: list[float] = []
    for _ in range(runs):
        screen = Screen(command, environ)
        found.append(screen.until(*ANSWERED) - screen.began)
        screen.drain(0.5)
        screen.close()
    return sorted(found)


def measure_screen(
    work: Path, command: str, runs: int, home: str | None, say: Callable[[str], None], bar: Callable[..., None]
) -> list[str]:
    """All of it on the demo; with the data folder of a history, the first paint of that."""
    if home is not None:
        found = paints(command, private(work / "screen-user", str(Path(home).resolve())), runs)
        say(f"first paint, s: {found[0]:.3f} to {found[-1]:.3f}")
        bar("median", found[len(found) // 2], 0.6)
        return []
    with demo(work, command, RATE) as environ:
        found = latencies(command, environ, runs)
        say(f"appended line to screen, ms: p50 {found[len(found) // 2]:.0f}, most {found[-1]:.0f}")
        bar("p95", found[int(len(found) * 0.95)], 100)
        percent, _, _ = share(command, environ, 60)
        bar(f"% of a core, {SESSIONS} live sessions", percent, 5)
    with demo(work, command, 0) as environ:
        percent, _, _ = share(command, environ, 60)
        bar("% of a core, nothing happens", percent, 2)
    with demo(work, command, 200) as environ:
        _, first, last = share(command, environ, 180)
        bar("MiB that it grew by in 3 minutes at 200 lines a second", last - first, 20)
    return []
