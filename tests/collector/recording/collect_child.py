"""What tests let other processes do: `collect_child.py <act> <mutant> <argument>…`; the answer is JSON on stdout."""

import contextlib
import functools
import json
import os
import random
import select
import signal
import sqlite3
import subprocess  # noqa: F401 - imported now, so that a kill falls into the work and not into an import
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import sqlite_utils  # noqa: F401 - the same

import collector.recording.read as reading
import collector.recording.record as recording
from collector.recording.once import collect_once
from store.database import open_reader
from store.errors import NoDatabaseYet
from tests.collector.broken_writers import BROKEN

SMALL_PORTION = 2000  # bytes: so many transactions that kills and looks fall between and into them
LONGEST_S = 0.25
PATIENCE_S = 10.0

UNEVEN = """
select count(*)
from generation as g
left join (select generation_id, sum(length) as bytes from record group by generation_id) as r using (generation_id)
where g.cursor <> coalesce(r.bytes, 0)
"""
COUNTED = "select sum(not is_nested), sum(input_tokens), sum(cache_read_tokens), sum(output_tokens) from responses"
SUMMED = "select sum(responses), sum(input_tokens), sum(cache_read_tokens), sum(output_tokens) from usage_quarter_hours"


def kill(home: str, user: str, kills: str, seed: str) -> dict[str, object]:
    """Let a process collect again and again, and kill it at a random instant; as often as told."""
    assert reading.PORTION_BYTES > SMALL_PORTION
    reading.PORTION_BYTES = SMALL_PORTION
    choose, longest_s, is_slow = random.Random(seed), LONGEST_S, True
    for number in range(int(kills)):
        # Whoever works for the collector holds its stderr: the end of the pipe is the end of them all.
        words, mouth = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(mouth, 2)
            recording.HELP_BYTES = (1 << 30, 0)[number % 2]  # alone, or with a helping process
            _collect_forever(home, user)
        os.close(mouth)
        life_s = longest_s if is_slow else choose.uniform(0, longest_s if choose.random() < 0.5 else longest_s / 10)
        time.sleep(life_s)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        said = _said_until_the_end(words)
        if said is None:
            return {"error": "a helper outlived its collector"}
        if not os.WIFSIGNALED(status):
            return {"error": said.decode("utf-8", "replace")[-2000:]}
        if is_slow and not (is_slow := not _has_begun(home)):
            longest_s = life_s
        elif is_slow:
            longest_s = min(1.5 * longest_s, PATIENCE_S)
    return {"kills": int(kills)}


def _has_begun(home: str) -> bool:
    """Whether anything was recorded yet. On a busy machine a collector may be killed before it comes to its work."""
    try:
        with contextlib.closing(open_reader(home)) as reader:
            return reader.execute("select 1 from generation where cursor > 0 or records > 0").fetchone() is not None
    except (NoDatabaseYet, sqlite3.Error):
        return False


def _said_until_the_end(words: int) -> bytes | None:
    """All that comes out of a pipe; None if it does not end."""
    said = b""
    with open(words, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], PATIENCE_S)[0]:
            part = pipe.read(1 << 16)
            if not part:
                return said
            said += part
    return None


def _collect_forever(home: str, user: str) -> None:
    with contextlib.suppress(BaseException):
        try:
            while True:
                collect_once(home, {}, user)
        except BaseException:  # noqa: BLE001 - whatever it is, the test wants to see it
            traceback.print_exc()
    os._exit(1)


def watch(home: str) -> dict[str, object]:
    """Look at the database until stdin ends: in each look, one transaction, everything must agree."""
    os.set_blocking(0, False)
    looks = early = 0
    wrong: list[object] = []
    while sys.stdin.buffer.read(1) is None:
        try:
            reader = open_reader(home)
        except NoDatabaseYet:
            early += 1
            time.sleep(0.001)
            continue
        with contextlib.closing(reader):
            for _ in range(50):
                reader.execute("begin")
                (uneven,) = reader.execute(UNEVEN).fetchone()
                counted, summed = reader.execute(COUNTED).fetchone(), reader.execute(SUMMED).fetchone()
                reader.execute("commit")
                looks += 1
                if uneven or counted != summed:
                    wrong.append([uneven, counted, summed])
    return {"looks": looks, "early": early, "wrong": len(wrong), "first": wrong[:1]}


if __name__ == "__main__":
    sqlite3.connect = functools.partial(sqlite3.connect, factory=BROKEN[sys.argv[2]].factory)
    acts = {"kill": kill, "watch": watch}
    print(json.dumps(acts[sys.argv[1]](*sys.argv[3:])), flush=True)  # noqa: T201 - stdout is the answer to the test
