"""A collector that runs: how soon a line that was appended is committed, and what it costs while nothing happens."""

import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from programs import Stage, fleetmeter

READY_S = 120.0
NAP_S = 0.0003
"""Between two looks: one who looks without a pause takes the core that the collector is woken on."""
LINE = (
    '{"type":"user","uuid":"u%s","parentUuid":%s,"sessionId":"s%s","cwd":"/w","version":"2.1.0",'
    '"timestamp":"%s","message":{"role":"user","content":"go on"}}\n'
)


def lay(work: Path, folders: int, files: int) -> Path:
    """A tree of so many folders and files, each file with one line."""
    tree = work / f"tree-{folders}-{files}"
    if not tree.exists():
        for number in range(folders):
            (tree / ".claude" / "projects" / f"p{number}").mkdir(parents=True)
        for number in range(files):
            path(tree, folders, number).write_text(LINE % (number, "null", number, "2026-11-21T00:00:00.000Z"))
    return tree


def path(tree: Path, folders: int, number: int) -> Path:
    return tree / ".claude" / "projects" / f"p{number % folders}" / f"s{number}.jsonl"


@contextmanager
def running(work: Path, tree: Path, command: str) -> Generator[tuple[int, Path], None, None]:
    """A collector over the tree, which has read it all: its pid, its data folder. It ends with the block."""
    stage = Stage(work, "live", tree)
    shutil.rmtree(stage.home, ignore_errors=True)
    stage.renew()
    argv = [word for word in fleetmeter(command) if word != "--once"]
    process = subprocess.Popen(argv, env=stage.environ, cwd=stage.home)
    try:
        until = time.monotonic() + READY_S
        files = sum(1 for _ in (tree / ".claude" / "projects").rglob("*.jsonl"))
        while count(stage.data) < files:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the collector does not get ready")
            time.sleep(0.2)
        yield process.pid, stage.data
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def count(data: Path) -> int:
    """How many files are read."""
    try:
        with closing(sqlite3.connect(f"file:{data / 'fleetmeter.db'}?mode=ro", uri=True)) as reader:
            return reader.execute("select count(*) from source where state = 'read'").fetchone()[0]
    except sqlite3.Error:
        return 0


def latencies(data: Path, tree: Path, folders: int, lines: int) -> list[float]:
    """For each appended line, the milliseconds until another connection sees its record."""
    found: list[float] = []
    run = time.time_ns()
    last = dict[int, str]()
    query = "select 1 from record where uuid = ?"
    with closing(sqlite3.connect(f"file:{data / 'fleetmeter.db'}?mode=ro", uri=True)) as reader:
        for number in range(lines):
            id_ = f"-{run}-{number}"
            session = number * 7 % folders
            target = path(tree, folders, session)
            parent = f'"u{last.get(session, session)}"'
            at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = (LINE % (id_, parent, session, at)).encode()
            last[session] = id_
            with target.open("ab", buffering=0) as file:
                began = time.perf_counter()
                file.write(line)
            version = None
            while time.perf_counter() - began < 5:
                time.sleep(NAP_S)
                (now,) = reader.execute("pragma data_version").fetchone()
                if now != version:
                    version = now
                    if reader.execute(query, (f"u{id_}",)).fetchone():
                        break
            found.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
    return sorted(found)


def used(pid: int) -> tuple[float, int, float]:
    """CPU seconds, bytes sent to disk, and resident MiB of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return (int(words[11]) + int(words[12])) / ticks, int(io["write_bytes"]), int(status["VmRSS"].split()[0]) / 1024


def show_latency(folders: int, found: list[float]) -> str:
    middle = statistics.median(found)
    late = found[int(len(found) * 0.99)]
    return json.dumps({"folders": folders, "p50": round(middle, 2), "p99": round(late, 2), "most": round(found[-1], 2)})
