"""A fleet of imaginary agents in a folder: past weeks at once, and then sessions that go on while one looks."""

import heapq
import os
import pkgutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from typing import Any

import collector.sources
from collector.demo.bodies import Bodies, bodies
from collector.demo.stage import DAY_S, Actor, Bill, Clock, Dice, DiskPen, Hands, Scene, Tokens
from collector.demo.work import Project, projects

DAYS = 35
A_DAY = (0.8, 0.25)  # sessions begun on a working day, and on a weekend, for each that is on the stage
HOUR_S = 3600
MORNING_S, MIDDAY_S = 8 * HOUR_S, 13.5 * HOUR_S
TICK_S = 0.05


def actors() -> list[Actor]:
    """Every agent that has an imaginary double beside its source."""
    names = [module.name for module in pkgutil.iter_modules(collector.sources.__path__)]
    return [import_module(f"collector.sources.{name}").ACTOR for name in names if name.endswith("_demo")]


class Fleet:
    """All sessions of one home. The same seed and the same clock give the same files, byte for byte."""

    def __init__(self, home: str, seed: int, clock: Clock, pen: DiskPen | None = None) -> None:
        self.home, self.clock, self.pen = home, clock, pen or DiskPen()
        self.bill, self.sessions = Bill(), 0
        self._dice, self._seed = Dice(f"fleet {seed}"), seed
        self._actors, self._projects = actors(), projects()
        self.bodies: Bodies | None = None

    def environ(self) -> dict[str, str]:
        """The variables that lead a collector to the fleet's files, and to no others."""
        found = {"HOME": self.home}
        for actor in self._actors:
            found |= actor.environ(self.home)
        return found

    def accounts(self) -> dict[str, str]:
        return {folder: name for actor in self._actors for folder, name in actor.accounts(self.home).items()}

    def billed(self) -> list[dict[str, Any]]:
        """The truth, row by row."""
        kinds = ("responses", *Tokens._fields)
        return [
            {"agent": agent, "sessionId": session_id, "model": model, **dict(zip(kinds, sums, strict=True))}
            for (agent, session_id, model), sums in sorted(self.bill.sums.items())
        ]

    def past(self, size: int) -> Iterator[int]:
        """Write what a fleet of that size did in the weeks before; gives the number of sessions written so far."""
        now = self.clock()
        for start in self._starts(now, size):
            hands = Hands(start)
            scene = self._scene(hands, is_live=False)
            for seconds in self._actor().play(scene):
                hands.ms += max(1, int(seconds * 1000))
                if hands.ms > now:
                    break  # it is at work still, and was left alone
            self.pen.settle(min(hands.ms, now))
            yield self.sessions

    def _starts(self, now: int, size: int) -> list[int]:
        """When sessions of the past began: on working days more than on others, by day more than at night."""
        dice, starts = self._dice, list[int]()
        today = now // 1000 // DAY_S * DAY_S
        for day in range(today - DAYS * DAY_S, today + 1, DAY_S):
            is_weekend = (day // DAY_S + 4) % 7 in (0, 6)  # the first day of all was a Thursday
            for _ in range(round(dice.about(size * A_DAY[is_weekend], 0.4))):
                second = max(MORNING_S, min(DAY_S - HOUR_S, dice.gauss(MIDDAY_S, 3 * HOUR_S)))
                starts.append(int(day + second) * 1000 + dice.randrange(1000))
        return sorted(start for start in starts if start < now - 60_000)

    def live(self, size: int) -> Generator[None]:
        """So many sessions that go on, for ever: one that ends is followed by another. Each step writes something.

        The first steps are the beginnings of all. How long each of them pauses says only whose turn is next; how fast
        time goes by is for whoever asks.
        """
        order = count()
        stage: list[tuple[float, int, Iterator[float]]] = []
        try:
            for _ in range(size):
                at, play = self._dice.about(3.0), self._begin()
                heapq.heappush(stage, (at + next(play, 0.0), next(order), play))
                yield
            while stage:
                at, _, play = heapq.heappop(stage)
                seconds = next(play, None)
                if seconds is None:
                    play, seconds = self._begin(), self._dice.about(20.0)
                heapq.heappush(stage, (at + min(seconds, 300.0), next(order), play))
                yield
        finally:
            for _, _, play in stage:
                close = getattr(play, "close", None)
                if close is not None:
                    close()

    def _begin(self) -> Iterator[float]:
        return self._actor().play(self._scene(self.clock, is_live=True))

    def _actor(self) -> Actor:
        return self._dice.choices(self._actors, [actor.share for actor in self._actors])[0]

    def _scene(self, clock: Clock, *, is_live: bool) -> Scene:
        self.sessions += 1
        dice = Dice(f"session {self._seed} {self.sessions}")
        project = self._project(dice)
        tasks = dice.sample(project.tasks, dice.choice((1, 1, 1, 2, 2, 3)))
        folder = os.path.join(self.home, project.folder)
        return Scene(
            dice, clock, self.pen, self.bill, self.home, folder, project, tuple(tasks), is_live, bodies=self.bodies
        )

    def _project(self, dice: Dice) -> Project:
        return dice.choices(self._projects, range(len(self._projects) + 1, 1, -1))[0]


@contextmanager
def on_stage(fleet: Fleet, size: int) -> Generator[Generator[None]]:
    """So many sessions, each of which has begun, with a process that stands in for its program."""
    with bodies() as fleet.bodies:
        going = fleet.live(size)
        try:
            for _ in range(size):
                next(going)
            yield going
        finally:
            going.close()


def run(fleet: Fleet, going: Generator[None], lines_a_second: float, is_over: Callable[[], bool]) -> None:
    """Let them work, at that pace, until it is over; then their sessions end."""
    began, before = time.monotonic(), fleet.pen.lines
    try:
        while not is_over():
            due = began + (fleet.pen.lines - before) / lines_a_second if lines_a_second else float("inf")
            left = due - time.monotonic()
            if left > 0:
                time.sleep(min(left, TICK_S))
                continue
            next(going)
    finally:
        going.close()
