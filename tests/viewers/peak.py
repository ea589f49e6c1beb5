"""The peak memory of a process, as the kernel counts it."""

import json
import subprocess
import sys

# Whoever is started by a large process counts as large as that one was until then: so a small one starts it.
STARTER = """
import json, os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024]), file=sys.stderr)
"""


def run_measured(words: list[str], *, timeout_s: float = 60) -> tuple[int, int]:
    """Run a command, its answer thrown away: its exit code, and its peak in bytes."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", STARTER, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=timeout_s, check=True,
    )  # fmt: skip
    code, peak = json.loads(done.stderr.splitlines()[-1])
    return code, peak
