"""The programs that are measured, and what one run of each costs: wall, CPU and peak memory as the kernel counts."""

import contextlib
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SCOPE = f"pid:{os.getpid()}"
"""No process but those that are measured is looked at."""
LOOK_S = 0.03
# Where nothing is installed beside the interpreter, its source is run.
FROM_SOURCE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from viewers.cli import main; main()"


class Run(NamedTuple):
    """One run of a program."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    out: bytes
    sum_mib: float
    """The peaks of all its processes, one after the other or at once, added up; where the system tells."""


def run(argv: list[str], environ: dict[str, str], folder: Path) -> Run:
    """Run it to its end, in an environment of its own; a program that fails ends the measurement."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(argv, env=environ, cwd=folder, stdout=subprocess.PIPE, stderr=words)
        assert process.stdout is not None
        peaks: dict[int, int] = {}
        has_ended = threading.Event()
        looking = threading.Thread(target=_look, args=(process.pid, peaks, has_ended))
        looking.start()
        out = process.stdout.read()
        has_ended.set()
        looking.join()
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            words.seek(0)
            said = words.read().decode(errors="replace")[-500:]
            raise SystemExit(f"{shlex.join(argv)} ended with {process.returncode}: {said}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    most_mib = used.ru_maxrss * unit / (1 << 20)
    return Run(wall_s, used.ru_utime + used.ru_stime, most_mib, out, max(most_mib, sum(peaks.values()) / 1024))


def _look(pid: int, peaks: dict[int, int], has_ended: threading.Event) -> None:
    """Ask for the peak of a process and of its children, in KiB, until it has said all; Linux alone tells."""
    while not has_ended.wait(LOOK_S):
        with contextlib.suppress(OSError, IndexError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for one in (pid, *map(int, children)):
                status = Path(f"/proc/{one}/status").read_text()
                peaks[one] = int(status.partition("VmHWM:")[2].split()[0])


def fleetmeter(command: str) -> list[str]:
    """The command that records: the one given, the one installed beside this interpreter, or our source."""
    if command:
        return shlex.split(command)
    script = Path(sys.executable).with_name("fleetmeter")
    if script.exists():
        return [str(script), "collect", "--once"]
    return [sys.executable, "-I", "-c", FROM_SOURCE, str(ROOT), "collect", "--once"]


def ccusage(tools: Path) -> list[str]:
    """The native program inside the npm package, without its launcher. npm installs it without the right to run it."""
    found = sorted(tools.rglob("node_modules/@ccusage/*/bin/ccusage"))
    if not found:
        raise SystemExit(f"no native ccusage below {tools}: npm install ccusage@20.0.24 there")
    if not os.access(found[0], os.X_OK):
        found[0].chmod(0o755)
    return [str(found[0]), "daily", "--json", "--offline"]


def agentsview(tools: Path) -> list[str]:
    """Its sync, without its daemon."""
    found = sorted(tools.rglob("site-packages/agentsview/bin/agentsview"))
    if not found:
        raise SystemExit(f"no agentsview below {tools}: pip install agentsview==0.46.1 into a venv there")
    return [str(found[0]), "sync"]


class Stage:
    """A private home whose agent's files are a corpus; made anew for every first run."""

    def __init__(self, work: Path, name: str, corpus: Path) -> None:
        self.home = work / name
        self._corpus = corpus

    @property
    def data(self) -> Path:
        return self.home / "fleetmeter"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC", "LANG": "C.UTF-8",
            "FLEETMETER_HOME": str(self.data), "FLEETMETER_SCOPE": SCOPE, "AGENTSVIEW_NO_DAEMON": "1",
        }  # fmt: skip

    def renew(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        for name in (".claude", ".codex"):
            if (self._corpus / name).exists():
                (self.home / name).symlink_to(self._corpus / name)

    def run(self, argv: list[str]) -> Run:
        return run(argv, self.environ, self.home)


def make_corpus(shared: Path, folder: Path, megabytes: int, codex_share: int = 0) -> Path:
    """A corpus of one agent's files with its exact sums, unless it lies there already."""
    if not (folder / "expected.json").exists():
        maker = [sys.executable, str(shared / "make_corpus.py"), str(folder), "--megabytes", str(megabytes)]
        subprocess.run(
            [*maker, "--codex-share", str(codex_share), "--days", "120" if megabytes > 500 else "60"], check=True
        )
    return folder


def expected(corpus: Path) -> dict[str, Any]:
    """What is true of a corpus."""
    return json.loads((corpus / "expected.json").read_text())["claude"]


def median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)
