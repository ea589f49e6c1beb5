"""Fails the n-th call of a recording, for every n: `fail_child.py <mutant> <user> <work> <effects> <steps>`.

Of every recording that failed, the next one must make good what it left. The answer is JSON on stdout: how many calls
there are, how many were failed, and what was wrong afterwards.
"""

import errno
import functools
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests import prices
from tests.collector.broken_writers import BROKEN

MUTANT = sys.argv[1]


class Fault:
    """Counts calls, and fails one of them: `before` it is made, `after` it, or with a disk that is `full`."""

    def __init__(self) -> None:
        self.number = self.at = 0
        self.effect = self.hit = ""
        self.is_on = False

    def arm(self, at: int, effect: str) -> None:
        self.number, self.at, self.effect, self.hit, self.is_on = 0, at, effect, "", True

    def falls_on(self, name: str) -> bool:
        if not self.is_on:
            return False
        self.number += 1
        if self.number == self.at:
            self.hit = name
        return self.number == self.at


fault = Fault()


def failing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def fail_or_call(*arguments: Any, **named: Any) -> Any:
        if fault.falls_on(name):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return call(*arguments, **named)

    return fail_or_call


class Failing(BROKEN[MUTANT].factory):
    """A connection whose n-th statement fails. All that are opened are remembered, to see them closed."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        opened.append(self)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self._do(super().execute, sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        return self._do(super().executemany, sql, parameters)

    def commit(self) -> None:
        self._do(lambda *_: super(Failing, self).commit(), "commit()", ())

    def close(self) -> None:
        opened.remove(self)
        super().close()

    def _do(self, act: Callable[..., Any], sql: str, parameters: Any) -> Any:
        if not fault.falls_on(" ".join(sql.split())[:60]):
            return act(sql, parameters)
        if fault.effect == "full":  # SQLite has then rolled back by itself
            if self.in_transaction:
                super().execute("rollback")
            raise sqlite3.OperationalError("database or disk is full")
        if fault.effect == "after":
            act(sql, parameters)
        raise sqlite3.OperationalError("disk I/O error")


opened: list[Failing] = []
sqlite3.connect = functools.partial(sqlite3.connect, factory=Failing)
for name in ("open", "pread", "fstat", "scandir"):  # before anything of ours takes them for a default
    setattr(os, name, failing(name, getattr(os, name)))

from collector.recording.once import collect_once  # noqa: E402 - after the lines above
from store.errors import FleetmeterError  # noqa: E402 - as above
from tests.collector.recorded import check_every_byte, check_same, views  # noqa: E402 - as above

prices.remember()
EXPECTED = (OSError, sqlite3.OperationalError, FleetmeterError)


def fail_and_mend(home: Path, user: str, at: int, effect: str, clean: dict[str, Any]) -> str:
    """Fail one call of a recording, record again; says what is not as it should be."""
    descriptors = len(os.listdir("/dev/fd"))
    fault.arm(at, effect)
    try:
        collect_once(str(home), {}, user)
    except EXPECTED:
        pass
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is what is looked for
        return f"raised {error!r}"
    finally:
        fault.is_on = False
    if opened:
        opened[0].close()
        return "leaves a connection open"
    if len(os.listdir("/dev/fd")) != descriptors:
        return "leaves a file open"
    try:
        collect_once(str(home), {}, user)
        check_every_byte(home)
        check_same(views(home), clean)
    except (AssertionError, sqlite3.Error, OSError, FleetmeterError) as error:
        return f"afterwards: {error}"[:600]
    finally:
        for connection in list(opened):
            connection.close()
    return ""


def fail_each(folder: Path, user: str, before: Path | None, effects: list[str], step: int) -> dict[str, Any]:
    """Fail every step-th call of one recording, from the same state each time; a step of 1 tries all the effects."""
    home, clean = folder / "home", folder / "clean"
    if before is not None:
        shutil.copytree(before, clean)
    collect_once(str(clean), {}, user)
    expected = views(clean)
    shutil.rmtree(clean)
    tried, wrong, at = 0, list[str](), 1
    while True:
        for effect in effects if step == 1 else [effects[tried % len(effects)]]:
            if before is not None:
                shutil.copytree(before, home)
            trouble = fail_and_mend(home, user, at, effect, expected)
            shutil.rmtree(home, ignore_errors=True)
            if not fault.hit:
                return {"calls": fault.number, "tried": tried, "wrong": wrong}
            tried += 1
            if trouble:
                wrong.append(f"call {at}, {fault.hit} failed ({effect}): {trouble}")
        at += step


def main(user: str, work: str, effects: str, birth_step: str, news_step: str) -> dict[str, Any]:
    """Two recordings: a first one, and one that finds news of all kinds in a tree that was recorded before."""
    folder = Path(work)
    return {
        "birth": fail_each(folder, user, None, effects.split(","), int(birth_step)),
        "news": fail_each(folder, user, folder / "recorded", effects.split(","), int(news_step)),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[2:])), flush=True)  # noqa: T201 - stdout is the answer to the test
