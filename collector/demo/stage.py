"""What imaginary agents work with: dice, a clock, a pen that writes their files, and the bill that they run up."""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, Protocol

import msgspec

from collector.demo.bodies import Bodies
from collector.demo.work import Project, Task

Clock = Callable[[], int]
"""Milliseconds of Unix time."""

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DAY_S = 86_400
MARK_LENGTH = 8


class Dice(random.Random):
    """Chance from a seed. With a mark, every id ends in it, so that written lines can be made another session's."""

    def __init__(self, seed: str, mark: str = "") -> None:
        super().__init__(seed)
        self._mark = mark

    def chance(self, share: float) -> bool:
        return self.random() < share

    def about(self, middle: float, spread: float = 0.6) -> float:
        """Around the middle, seldom much more."""
        return middle * self.lognormvariate(0.0, spread)

    def hex(self, length: int) -> str:
        return self._marked(f"{self.getrandbits(4 * length):0{length}x}")

    def code(self, length: int) -> str:
        return self._marked("".join(self.choices(BASE62, k=length)))

    def uuid4(self) -> str:
        h = self.hex(32)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:]}"

    def uuid7(self, ms: int) -> str:
        h = self.hex(20)
        t = f"{ms:012x}"
        return f"{t[:8]}-{t[8:]}-7{h[:3]}-{'89ab'[int(h[3], 16) % 4]}{h[4:7]}-{h[8:20]}"

    def _marked(self, text: str) -> str:
        return text[:-MARK_LENGTH] + self._mark if self._mark and len(text) > MARK_LENGTH else text


class Tokens(NamedTuple):
    """What one answer was billed; reasoning is a part of output."""

    input: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int
    reasoning: int = 0


class Bill:
    """What was billed, by agent, session and model: the truth that a recording is held to."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, str, str], list[int]] = {}
        """Answers, and then the tokens by kind."""

    def add(self, agent: str, session_id: str, model: str, tokens: Tokens) -> None:
        sums = self.sums.setdefault((agent, session_id, model), [0] * 7)
        for place, number in enumerate((1, *tokens)):
            sums[place] += number


class Pen(Protocol):
    """How files are written: appended to, or replaced whole."""

    def append(self, path: str, *lines: object) -> None: ...
    def replace(self, path: str, value: object) -> None: ...
    def remove(self, path: str) -> None: ...


class DiskPen:
    """Writes as agents do: one write of whole lines at a time, and files that are replaced by renaming."""

    def __init__(self) -> None:
        self.lines = self.bytes = 0
        self.touched: set[str] = set()
        self._folders: set[str] = set()

    def append(self, path: str, *lines: object) -> None:
        content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        self.lines += len(lines)
        self.bytes += len(content)
        self._note(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self.write(path, descriptor, content)
        finally:
            os.close(descriptor)

    def write(self, path: str, descriptor: int, content: bytes) -> None:
        os.write(descriptor, content)

    def replace(self, path: str, value: object) -> None:
        self._note(path)
        with open(f"{path}.tmp", "wb", opener=_private) as file:
            file.write(value.encode() if isinstance(value, str) else msgspec.json.encode(value))
        os.replace(f"{path}.tmp", path)

    def remove(self, path: str) -> None:
        self.touched.discard(path)
        if os.path.exists(path):
            os.unlink(path)

    def settle(self, ms: int) -> None:
        """What was written so far was written then."""
        for path in self.touched:
            os.utime(path, ns=(ms * 1_000_000, ms * 1_000_000))
        self.touched.clear()

    def _note(self, path: str) -> None:
        self.touched.add(path)
        folder = os.path.dirname(path)
        if folder not in self._folders:
            os.makedirs(folder, 0o700, exist_ok=True)
            self._folders.add(folder)


class MemoryPen:
    """Keeps the lines that are appended, file by file; what is replaced whole is left out."""

    def __init__(self) -> None:
        self.files: dict[str, list[bytes]] = {}

    def append(self, path: str, *lines: object) -> None:
        self.files.setdefault(path, []).extend(msgspec.json.encode(line) + b"\n" for line in lines)

    def replace(self, path: str, value: object) -> None: ...

    def remove(self, path: str) -> None: ...


class Hands:
    """The time of a session that is over: it passes as the session goes on."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


@dataclass(frozen=True)
class Scene:
    """One session that an agent plays. home: of the imaginary user; folder: where the session works."""

    dice: Dice
    clock: Clock
    pen: Pen
    bill: Bill
    home: str
    folder: str
    project: Project
    tasks: tuple[Task, ...]
    is_live: bool
    is_endless: bool = False
    """Whether it begins with its tasks anew when they are done, and nothing happens that would take long."""
    bodies: Bodies | None = None
    """Processes that stand in for programs; without them a program's pid is one that no system gives."""

    def rounds(self) -> Iterator[tuple[int, Task]]:
        """The tasks in their order, each with its number."""
        for number in count():
            if number >= len(self.tasks) and not self.is_endless:
                return
            yield number, self.tasks[number % len(self.tasks)]


class Actor(Protocol):
    """An agent that does not exist: it plays sessions into files of the real one's form."""

    @property
    def agent(self) -> str: ...
    @property
    def share(self) -> float:
        """How many of the fleet's sessions are its."""
        ...

    def environ(self, home: str) -> dict[str, str]:
        """The variables that lead to its files."""
        ...

    def accounts(self, home: str) -> dict[str, str]:
        """Folders of files, and the names of the accounts they belong to."""
        ...

    def play(self, scene: Scene) -> Iterator[float]:
        """One session: each step writes, and says for how many seconds nothing more happens."""
        ...


def stamp(ms: int) -> str:
    """A time as all of them write it."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}Z"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
