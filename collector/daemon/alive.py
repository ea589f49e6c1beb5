"""Which of the programs that said they run still do: whoever is killed takes nothing back."""

import os
import sqlite3

from collector.daemon.tally import now_text
from store.database import transaction
from store.process import birth
from store.write_live import end, running


def bury(connection: sqlite3.Connection, device_id: int) -> int:
    """Note the end of those that are gone; says of how many. Looks only at pids that an agent's own list names."""
    gone = [key for key, pid, born in running(connection, device_id) if not is_alive(pid, born)]
    if gone:
        with transaction(connection):
            end(connection, gone, now_text())
    return len(gone)


def is_alive(pid: int, born: str) -> bool:
    """Whether the process that began then is there. Where the system does not tell, whether any of that pid is."""
    if not born or not os.path.exists("/proc/self/stat"):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True
    return birth(pid).partition("@")[0] == born
