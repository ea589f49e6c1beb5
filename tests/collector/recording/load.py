"""Load for a collector: what imaginary agents wrote once, written again and again under fresh ids.

Playing every line would cost the machine more than recording it does.
"""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from collector.demo.fleet import actors
from collector.demo.stage import Actor, Bill, Dice, Hands, MemoryPen, Scene
from collector.demo.work import projects

MARK, HOME = "5eedface", "/home/dev"
BEGAN_MS = 1_795_000_000_000
LINES = 600  # of a session, before it begins anew
PARENT, UUID = re.compile(rb'"parentUuid":null'), re.compile(rb'"uuid":"([^"]+)"')


class Material(NamedTuple):
    """One session. path: below a home, with the session's id in its name; head: lines that come once in a file."""

    path: str
    session_id: bytes
    head: tuple[bytes, ...]
    lines: tuple[bytes, ...]


def materials(seed: int = 1) -> list[Material]:
    """Sessions of every agent that can be played, in as many of them as its share is."""
    found: list[Material] = []
    for actor in actors():
        for number in range(round(actor.share * 10)):
            found.append(_material(actor, Dice(f"{seed} {number}", MARK), number))
    return found


def _material(actor: Actor, dice: Dice, number: int) -> Material:
    pen, hands, project = MemoryPen(), Hands(BEGAN_MS), projects()[number % len(projects())]
    scene = Scene(dice, hands, pen, Bill(), HOME, f"{HOME}/{project.folder}", project, project.tasks, False, True)
    playing, path = actor.play(scene), ""
    while not path or len(pen.files[path]) < LINES:
        hands.ms += int(next(playing) * 1000) + 1
        path = max(pen.files, key=lambda name: len(pen.files[name]))
    lines = pen.files[path]
    session = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", path)[-1]
    heads = tuple(line for line in lines if b'"session_meta"' in line[:120])
    # A collector looks there without being told where.
    path = path.removeprefix(f"{HOME}/").replace(".claude-work/", ".claude/")
    return Material(path, session.encode(), heads, tuple(lines[len(heads) : LINES]))


class Writer:
    """One file that grows for ever: a session that begins anew when it is at its end, with ids of its own each time."""

    def __init__(self, user: Path, material: Material, number: int, marks: Iterator[int]) -> None:
        self._material, self._marks = material, marks
        old = material.session_id
        self.session_id = old[:-8] + b"%08x" % (0xA0000000 + number)
        self.path = user / material.path.replace(old.decode(), self.session_id.decode())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.size, self.written = 0, 0
        self._lines = self._endless()

    def take(self, lines: int) -> bytes:
        """The next lines."""
        self.written += lines
        content = b"".join(next(self._lines) for _ in range(lines))
        self.size += len(content)
        return content

    def _endless(self) -> Iterator[bytes]:
        old, mark, last = self._material.session_id, MARK.encode(), b"null"
        for line in self._material.head:
            yield line.replace(old, self.session_id)
        while True:
            fresh = b"%08x" % next(self._marks)
            for line in self._material.lines:
                line = line.replace(old, self.session_id).replace(mark, fresh)
                found = UUID.search(line)
                if found:
                    line = PARENT.sub(b'"parentUuid":' + last, line)
                    last = b'"' + found[1] + b'"'
                yield line


def writers(user: Path, files: int, first: int = 0) -> list[Writer]:
    """So many files, of every agent."""
    made, marks = materials(), count(first << 12)
    return [Writer(user, made[number % len(made)], first + number, marks) for number in range(files)]


def lay_backlog(user: Path, megabytes: float, files: int, first: int = 100_000) -> tuple[int, int]:
    """Files that lie there: a few long ones, and many short ones, as people have them. Gives their lines and bytes."""
    lines = size = 0
    for number, writer in enumerate(writers(user, files, first)):
        share = megabytes * 1e6 / files * (0.4 if number % 8 else 5.2)
        with writer.path.open("wb") as file:
            while writer.size < share:
                file.write(writer.take(50))
        lines, size = lines + writer.written, size + writer.size
    return lines, size
