"""A collector that is killed again and again over a tree that grows meanwhile, and readers that look on."""

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from store.database import open_writer
from tests.collector.broken_writers import BROKEN
from tests.collector.claude_tree import Growth, lay_tree
from tests.collector.recorded import check_same, record, rows, views

CHILD = Path(__file__).with_name("collect_child.py")


def child(act: str, mutant: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(CHILD), act, mutant, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def answer(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a child says at its end; it ends when its stdin does."""
    out, _ = process.communicate()
    assert process.returncode == 0
    return json.loads(out)


def prepare(home: Path, mutant: str) -> None:
    """The database as the mutant would have made it; without one, the first collector makes it."""
    change = BROKEN[mutant].prepare
    if change is not None:
        with closing(open_writer(home)) as connection:
            change(connection)


def kill_and_grow(
    home: Path, project: Path, kills: int, mutant: str, *, turns: int, readers: int = 0, pause_s: float = 0.003
) -> list[dict[str, Any]]:
    """Kill while the tree grows; gives what the readers saw. The tree is whole at the end."""
    user = project.parents[2]
    growth = Growth(project, lay_tree(project, turns), seed=kills)
    prepare(home, mutant)
    watchers = [child("watch", "none", home) for _ in range(readers)]
    killer = child("kill", mutant, home, user, kills, "seed")
    while killer.poll() is None:
        growth.step()
        time.sleep(pause_s)
    seen = [answer(watcher) for watcher in watchers]
    assert answer(killer) == {"kills": kills}
    growth.finish()
    return seen


def check_like_clean(home: Path, user: Path) -> None:
    """One more look at the tree, and everything is as if it had been read at once by a newborn collector."""
    record(home, user)
    clean = home.with_name("clean_home")
    record(clean, user)
    got, expected = views(home), views(clean)
    assert expected["responses"]
    assert expected["rejects"]
    if got != expected:
        check_same(got, expected)
    assert record(home, user).bytes == 0
    ((generations, sources),) = rows(home, "select count(*), count(distinct source_id) from generation")
    assert generations == sources, "a file that only grew began a new generation"
