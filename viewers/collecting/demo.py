"""`fleetmeter demo`: imaginary agents in a folder of their own, a collector on it, and how to look at it.

Nothing of the user's is touched: whatever runs here is given a home inside the folder, and no variable of an agent.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple, Protocol

from store.ask import ask
from store.errors import FleetmeterError
from store.home import create_private
from viewers.collecting.demo_folder import DATA, USER, find, make, remove, scope, tidy
from viewers.collecting.running import command
from viewers.screen import format, output, terminal
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble

READY_S, END_S, EVERY_S = 120.0, 10.0, 0.05
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
XDG = {"CONFIG": ".config", "DATA": ".local/share", "CACHE": ".cache", "STATE": ".local/state"}


class Written(Protocol):
    lines: int
    bytes: int


class Fleet(Protocol):
    """The collector's imaginary fleet, as far as it is used here."""

    sessions: int

    @property
    def pen(self) -> Written: ...
    def environ(self) -> dict[str, str]: ...
    def accounts(self) -> dict[str, str]: ...
    def past(self, size: int) -> Iterator[int]: ...
    def billed(self) -> list[dict[str, Any]]: ...


class Sides(NamedTuple):
    """What the collector offers. A viewer may not import it, so the command line hands it in."""

    fleet: Callable[[str, int, Callable[[], int]], Any]
    on_stage: Callable[[Any, int], AbstractContextManager[Generator[None]]]
    run: Callable[[Any, Generator[None], float, Callable[[], bool]], None]
    variables: Iterable[str]


class Asked(NamedTuple):
    """What the command line said."""

    sessions: int
    rate: float
    seconds: float | None
    seed: int
    home: str | None
    is_kept: bool
    words: tuple[str, ...]
    as_json: bool


def run(sides: Sides, asked: Asked) -> int:
    """Make a fleet and let it work until it is over; or run a command on one that is there."""
    there = find(asked.home) if asked.words else None
    if there is not None:
        return subprocess.run(look(asked.words), env=environment(there, sides), check=False).returncode
    with ExitStack() as stack:
        over = _Over(asked.seconds)
        for number in ENDS:
            stack.callback(signal.signal, number, signal.signal(number, over.end))
        for left in tidy():
            terminal.say(f"removed {clean(left)}, which a demo that was killed had left")
        folder = make(asked.home, is_kept=asked.is_kept)
        if not asked.is_kept:
            stack.callback(remove, folder, is_ours=asked.home is None)
        fleet: Fleet = sides.fleet(os.path.join(folder, USER), asked.seed, lambda: time.time_ns() // 1_000_000)
        for _ in fleet.past(asked.sessions):
            if over():
                return 0
        # Before the collector: whatever it shows first has them already.
        going = stack.enter_context(sides.on_stage(fleet, asked.sessions))
        collector = _collector(folder, fleet, sides, stack)
        _wait_ready(folder, collector, over)
        code = _work(sides, asked, fleet, folder, collector, over, going)
        if asked.as_json:
            output.print_json(document(folder, fleet, environment(folder, sides)))
        elif asked.is_kept:
            home = f"--home {clean(folder)} "
            terminal.say(f"it is kept in {clean(folder)}; look at it with `fleetmeter demo {home}-- today`")
        return code


def _work(
    sides: Sides, asked: Asked, fleet: Fleet, folder: str, collector: "subprocess.Popen[bytes]", over: "_Over",
    going: Generator[None],
) -> int:  # fmt: skip
    """The time in which one can look at it: of a command that was given, or until it is told to end."""
    viewer = None
    if asked.words:
        viewer = subprocess.Popen(look(asked.words), env=environment(folder, sides))
        over.ignore_keys()  # they are the command's now
    else:
        tell(asked, fleet, folder)

    def is_over() -> bool:
        if viewer is None and collector.poll() is not None:
            raise FleetmeterError("the collector of the demo ended", hint=f"{folder}/{DATA}/fleetmeter.log may say why")
        return viewer.poll() is not None if viewer is not None else over()

    try:
        sides.run(fleet, going, asked.rate, is_over)
    finally:
        if viewer is not None and viewer.poll() is None:
            viewer.terminate()
            viewer.wait()
    return viewer.returncode if viewer is not None else 0


def tell(asked: Asked, fleet: Fleet, folder: str) -> None:
    """Where it is, and how to look at it."""
    which = f"--home {clean(asked.home)} " if asked.home else ""
    pace = f"about {asked.rate:g} lines a second" if asked.rate else "nothing goes on"
    terminal.say(
        f"imaginary agents work in {clean(folder)}: {format.things(asked.sessions, 'session')} now, "
        f"{format.count(fleet.sessions)} in the past weeks, {pace}",
        "from another terminal, look at it with any command:",
        f"    fleetmeter demo {which}-- today",
        f"    fleetmeter demo {which}-- status",
        f"its data folder is FLEETMETER_HOME={clean(os.path.join(folder, DATA))}",
        "Ctrl+C ends it" + ("" if asked.is_kept else ", and removes it"),
    )


def look(words: tuple[str, ...]) -> list[str]:
    """A command of ours, called as we were."""
    return [*command()[:-1], *words]


def environment(folder: str, sides: Sides) -> dict[str, str]:
    """What a process on the demo is given: a home inside it, and no way to the user's own files."""
    user = os.path.join(folder, USER)
    kept = {name: value for name, value in os.environ.items() if name not in set(sides.variables)}
    kept |= {f"XDG_{name}_HOME": os.path.join(user, place) for name, place in XDG.items()}
    own = {"FLEETMETER_HOME": os.path.join(folder, DATA), "FLEETMETER_SCOPE": scope(folder)}
    return {**kept, **sides.fleet(user, 0, lambda: 0).environ(), **own}


def document(folder: str, fleet: Fleet, variables: dict[str, str]) -> dict[str, object]:
    """What was made, for programs; with what its agents say that they were billed."""
    return {
        "schemaVersion": 1,
        "folder": folder,
        "home": os.path.join(folder, USER),
        "dataFolder": os.path.join(folder, DATA),
        "environment": {name: value for name, value in sorted(variables.items()) if value.startswith(folder)},
        "sessions": fleet.sessions,
        "lines": fleet.pen.lines,
        "bytes": fleet.pen.bytes,
        "billed": fleet.billed(),
    }


def seconds_of(text: str | None) -> float | None:
    """A length of time as people write it: 90, 30s, 10m, 2h, 1d."""
    if text is None:
        return None
    number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1)
    try:
        found = float(number) * unit
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9:
        raise UsageTrouble(f"{clean(text)} is no length of time", hint="write it as 30s, 10m, 2h or 1d")
    return found


# -- the collector


def _collector(folder: str, fleet: Fleet, sides: Sides, stack: ExitStack) -> "subprocess.Popen[bytes]":
    """A collector on the fleet, which ends with us."""
    data = os.path.join(folder, DATA)
    os.mkdir(data, 0o700)
    names = "".join(f"{_quoted(path)} = {_quoted(name)}\n" for path, name in fleet.accounts().items())
    with os.fdopen(create_private(os.path.join(data, "config.toml")), "w") as file:
        file.write(f'device_name = "demo"\n\n[accounts]\n{names}')
    process = subprocess.Popen(
        command(), env=environment(folder, sides), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
    )  # fmt: skip
    stack.callback(_end, process)
    return process


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_ready(folder: str, process: "subprocess.Popen[bytes]", over: "_Over") -> None:
    """Until the past is recorded."""
    until = time.monotonic() + READY_S
    while (ask(os.path.join(folder, DATA), "status", 1.0) or {}).get("state") != "watching":
        if process.poll() is not None:
            raise FleetmeterError("the collector of the demo did not start", hint="run it again with --keep, and look")
        if over.is_told or time.monotonic() > until:
            return
        time.sleep(EVERY_S)
    over.count_down()


class _Over:
    """Whether it is over: somebody said so, or the time is."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds, self._until, self.is_told, self._are_keys_ours = seconds, float("inf"), False, True

    def __call__(self) -> bool:
        return self.is_told or time.monotonic() >= self._until

    def count_down(self) -> None:
        """The time begins when there is something to look at."""
        if self._seconds is not None:
            self._until = time.monotonic() + self._seconds

    def ignore_keys(self) -> None:
        self._are_keys_ours = False

    def end(self, number: int, *_: object) -> None:
        if number != signal.SIGINT or self._are_keys_ours:
            self.is_told = True
