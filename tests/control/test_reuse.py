"""K1 on the real system: a pid that was given again, in a namespace where it can be asked for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("reuse_child.py")
UNSHARE = [
    "unshare",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child",
    *([] if os.geteuid() == 0 else ["--user", "-r"]),
]


def has_namespaces() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    done = subprocess.run([*UNSHARE, "test", "-w", "/proc/sys/kernel/ns_last_pid"], capture_output=True)
    return done.returncode == 0


@pytest.mark.promise("K1")
@pytest.mark.skipif(not has_namespaces(), reason="no namespace of processes can be made here, or no pid be chosen")
@pytest.mark.parametrize("rounds", [10, pytest.param(1000, marks=pytest.mark.full)])
def test_K1_a_real_pid_that_was_given_again_is_not_hit(home: Path, tmp_path: Path, rounds: int) -> None:
    home.mkdir(mode=0o700)
    exe = tmp_path / "zoo-agent"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", exe)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "FLEETMETER_SCOPE": "pid:1"}
    command = [*UNSHARE, sys.executable, str(CHILD), str(home), str(exe), str(rounds)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    reused, hit = map(int, done.stdout.split())
    assert reused >= rounds // 2
    assert hit == 0
