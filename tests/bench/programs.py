"""The programs that are measured, and what one run of each costs: wall, CPU and peak memory as the kernel counts."""

import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# Where nothing is installed beside the interpreter, its source is run.
FROM_SOURCE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from viewers.cli import main; main()"


class Run(NamedTuple):
    """One run of a program."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    out: bytes


def run(argv: list[str], environ: dict[str, str], folder: Path) -> Run:
    """Run it to its end, in an environment of its own; a program that fails ends the measurement."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(argv, env=environ, cwd=folder, stdout=subprocess.PIPE, stderr=words)
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            words.seek(0)
            said = words.read().decode(errors="replace")[-500:]
            raise SystemExit(f"{shlex.join(argv)} ended with {process.returncode}: {said}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    return Run(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / (1 << 20), out)


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
            "FLEETMETER_HOME": str(self.data), "AGENTSVIEW_NO_DAEMON": "1",
        }  # fmt: skip

    def renew(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        (self.home / ".claude").symlink_to(self._corpus / ".claude")

    def run(self, argv: list[str]) -> Run:
        return run(argv, self.environ, self.home)


def make_corpus(shared: Path, folder: Path, megabytes: int) -> Path:
    """A corpus of one agent's files with its exact sums, unless it lies there already."""
    if not (folder / "expected.json").exists():
        maker = [sys.executable, str(shared / "make_corpus.py"), str(folder), "--megabytes", str(megabytes)]
        subprocess.run([*maker, "--codex-share", "0", "--days", "120" if megabytes > 500 else "60"], check=True)
    return folder


def expected(corpus: Path) -> dict[str, Any]:
    """What is true of a corpus."""
    return json.loads((corpus / "expected.json").read_text())["claude"]


def median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)
