"""In a world of its own, where this is process 1: pids are given again on purpose, and kills come too late."""

import os
import subprocess
import sys
import time

from control.acts import Acts
from control.audit import request
from control.machine import System
from control.standing import Desk
from store.programs import Program

LAST = "/proc/sys/kernel/ns_last_pid"


def main(home: str, exe: str, rounds: int) -> None:
    """Says how often a pid was given again, and how often the later process was hit."""
    acts = Acts(Desk(home, [Program("zoo", names=(os.path.basename(exe),))], System()))
    reused = hit = 0
    for _ in range(rounds):
        first = subprocess.Popen([exe, "60"])
        (born,) = [one.born for one in acts.desk.shown(0.0) if one.pid == first.pid]
        first.kill()
        first.wait()
        time.sleep(0.02)  # two ticks of the clock by which births are told: nobody presses a key faster
        with open(LAST, "w") as file:
            file.write(str(first.pid - 1))
        later = subprocess.Popen([exe, "60"])
        if later.pid == first.pid:
            reused += 1
            done = acts.kill(request("command line"), first.pid, born, force=True)
            hit += done.result != "refused" or later.poll() is not None
        later.kill()
        later.wait()
    sys.stdout.write(f"{reused} {hit}\n")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
