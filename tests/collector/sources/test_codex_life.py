"""Rollouts live while they are recorded: written piece by piece, archived and taken back, compressed and thawed,
forked, rewound, migrated; whatever comes first, what was billed is what is counted at the end of every life."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.collector.daemons import calm, running, until
from tests.collector.recorded import record, rows
from tests.collector.recording.test_sums import counted
from tests.collector.sources.rollouts import STYLES, Program, Thread

SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 200))]
PROMPTS = "select session_id, count(*) from prompts where kind = 'prompt' group by 1 order by 1"


class Life:
    """Threads on a disk, each in one of the forms that a rollout has there."""

    def __init__(self, seed: int, style: str, user: Path) -> None:
        self.program, self.dice, self.user = Program(seed, style), random.Random(seed), user
        self.has_migrated = False
        self.look: Callable[[], object] = lambda: None  # whoever records comes by
        self.program.begin()

    def step(self) -> None:
        """One thing happens to one thread, or to its file."""
        program, dice = self.program, self.dice
        thread = dice.choice([one for one in program.threads if not one.is_left])
        acts: list[Callable[[Thread], None]] = [
            program.turn, program.turn, program.fork, program.compact, self.grow, self.grow, self.grow, self.archive,
            self.take_back, self.compress, self.compress_beside, self.thaw,
        ]  # fmt: skip
        acts.append(program.rewind if program.style == "recorded" else self.migrate)
        dice.choice(acts)(thread)

    def finish(self) -> None:
        """Every file is whole, whatever form it is in."""
        for thread in self.program.threads:
            self.thaw(thread)
            self.grow(thread, is_whole=True)

    def content(self, thread: Thread) -> bytes:
        shown = self.user / "shown"
        lone = Program(0, self.program.style)
        lone.write(shown, [thread])
        return thread.path(shown).read_bytes()

    def grow(self, thread: Thread, *, is_whole: bool = False) -> None:
        """Some more bytes, without regard to lines."""
        path, content = self.plain(thread), self.content(thread)
        if path is None:
            if self.frozen(thread) is not None:
                return  # it is resumed before it grows
            path = thread.path(self.user)
            path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            start = file.tell()
            file.write(content[start:] if is_whole else content[start : self.dice.randint(start, len(content))])

    def archive(self, thread: Thread) -> None:
        self._move(thread, self.user / ".codex" / "archived_sessions")

    def take_back(self, thread: Thread) -> None:
        self._move(thread, thread.path(self.user).parent)

    def compress(self, thread: Thread) -> None:
        self.compress_beside(thread)
        path = self.plain(thread)
        if path is not None and self.frozen(thread) is not None:
            path.unlink()

    def compress_beside(self, thread: Thread) -> None:
        """For a moment both are there."""
        path = self.plain(thread)
        if path is None or not path.stat().st_size:
            return
        fresh = path.with_name("fresh")
        fresh.write_bytes(zstandard.ZstdCompressor().compress(path.read_bytes()))
        os.replace(fresh, path.with_name(f"{path.name}.zst"))

    def thaw(self, thread: Thread) -> None:
        """Resumed: the plain file is written back, and the compressed one goes."""
        path = self.frozen(thread)
        if path is None:
            return
        if self.plain(thread) is None:
            fresh = path.with_name("fresh")
            fresh.write_bytes(zstandard.ZstdDecompressor().decompress(path.read_bytes()))
            os.replace(fresh, path.with_suffix(""))
        path.unlink()

    def migrate(self, thread: Thread) -> None:
        """A whole rollout is replaced by one in the newer form."""
        self.thaw(thread)
        path = self.plain(thread)
        if path is None or thread.is_recorded:
            return
        self.grow(thread, is_whole=True)
        self.look()  # known gap: what a migration drops must have been seen before
        self.has_migrated = True
        self.program.migrate(thread)
        fresh = path.with_name("fresh")
        fresh.write_bytes(self.content(thread))
        os.replace(fresh, path)

    def plain(self, thread: Thread) -> Path | None:
        return self._here(thread, "")

    def frozen(self, thread: Thread) -> Path | None:
        return self._here(thread, ".zst")

    def _here(self, thread: Thread, ending: str) -> Path | None:
        path = thread.path(self.user)
        places = (path.parent, self.user / ".codex" / "archived_sessions")
        found = [place / f"{path.name}{ending}" for place in places]
        return next((one for one in found if one.exists()), None)

    def _move(self, thread: Thread, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self.plain(thread), self.frozen(thread)):
            if path is not None and path.parent != folder:
                path.rename(folder / path.name)


@pytest.mark.promise("C7")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("style", STYLES)
def test_C7_whatever_becomes_of_its_file_an_answer_is_counted_once(
    home: Path, user: Path, tmp_path: Path, style: str, seed: int
) -> None:
    life = Life(seed, style, user)
    life.look = lambda: record(home, user)
    for _ in range(40):
        life.step()
        if life.dice.random() < 0.3:
            record(home, user)
    life.finish()
    record(home, user)
    assert counted(home) == life.program.bill
    assert rows(home, "select reason from rejects") == []
    if not life.has_migrated:  # which drops what was taken back: only who saw it before knows of it
        clean = tmp_path / "clean"
        record(clean, user)
        assert counted(clean) == counted(home)
        assert rows(home, PROMPTS) == rows(clean, PROMPTS)


@pytest.mark.promise("C7")
@pytest.mark.parametrize("style", ["named", "recorded"])
def test_C7_it_may_all_happen_under_a_collector_that_runs(home: Path, user: Path, style: str) -> None:
    life = Life(7, style, user)
    with running(home, user):
        life.look = lambda: calm(home)
        for number in range(60):
            life.step()
            if number % 20 == 0:
                calm(home)
        life.finish()
        until(lambda: counted(home) == life.program.bill)
        calm(home)
        assert counted(home) == life.program.bill
    assert rows(home, "select reason from rejects") == []
