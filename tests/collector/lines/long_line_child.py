"""Records once in a process of its own, and says what that cost: peak memory, bytes read, seconds. Not a test."""

import json
import sys
import time

from collector.files import tail
from collector.recording.once import collect_once


def cost(home: str, user: str, mutant: str) -> dict[str, float]:
    if mutant == "hoards":
        tail.LINE_CAP = 1 << 40
    elif mutant == "forgets":
        tail._OpenLine.dump = lambda self: None
    before, start = _read(), time.process_time()
    collect_once(home, {}, user)
    return {"memory": _peak(), "read": _read() - before, "seconds": time.process_time() - start}


def _peak() -> int:
    """Of this program image alone: getrusage also remembers the process that started it."""
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


def _read() -> int:
    with open("/proc/self/io") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("rchar:"))


if __name__ == "__main__":
    print(json.dumps(cost(*sys.argv[1:])))  # noqa: T201 - its answer
