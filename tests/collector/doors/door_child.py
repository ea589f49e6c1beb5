"""Collectors' doors that are raced for: in each round some want one, who gets it answers, and is killed."""

import json
import os
import selectors
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from collector.doors import door
from collector.doors.door import Door
from store.ask import ask
from store.errors import FleetmeterError, LockHeld
from store.lock import COLLECTING, hold

RACERS = 3


def race(home: str, mutant: str) -> None:
    """One who wants it."""
    try:
        if mutant == "no-lock":
            serve(home)
        else:
            with hold(home, COLLECTING):
                serve(home)
    except (LockHeld, FleetmeterError, OSError):
        os.write(1, b"-")
    finally:
        os._exit(0)


def serve(home: str) -> None:
    with selectors.DefaultSelector() as selector:
        Door(home, selector, lambda _: {"pid": os.getpid()})
        os.write(1, b"+")
        while True:
            for key, _ in selector.select():
                key.data()


def rounds(home: str, count: int, mutant: str) -> dict[str, int]:
    """How many rounds went wrong: none or two got it, or another one answered."""
    if mutant == "no-lock":
        door.refuse = lambda home: None
    wrong = answered = 0
    for _ in range(count):
        reading, writing = os.pipe()
        pids: list[int] = []
        for _ in range(RACERS):
            pid = os.fork()
            if not pid:
                os.dup2(writing, 1)
                race(home, mutant)
            pids.append(pid)
        said = b""
        while len(said) < RACERS:
            said += os.read(reading, RACERS)
        answer = ask(home, "who")
        answered += answer is not None
        wrong += said.count(b"+") != 1 or answer is None
        for pid in pids:
            os.kill(pid, signal.SIGKILL)  # who had it leaves its socket behind
            os.waitpid(pid, 0)
        os.close(reading)
        os.close(writing)
    return {"wrong": wrong, "answered": answered}


if __name__ == "__main__":
    folder, number, kind = sys.argv[1:]
    sys.stdout.write(json.dumps(rounds(folder, int(number), kind)))
