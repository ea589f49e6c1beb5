"""The process that one ad-hoc statement runs in: short of memory and time, and holding nothing else.

Its arguments are the data folder, the shape, the rows, the seconds, the width and the statement; its answer goes to
stdout, what went wrong to stderr, and its exit code is that of the command.
"""

import os
import resource
import signal
import sqlite3
import sys
from contextlib import closing

if __name__ == "__main__":  # -I keeps the folder of the script off the path, and the packages lie two above it
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from store.database import open_reader
from store.errors import FleetmeterError, NoDatabaseYet
from viewers.asking import fence
from viewers.asking.answer import SHAPES, Answer
from viewers.screen import terminal
from viewers.trouble import CUT, UsageTrouble, tell

MEMORY_BYTES = 200_000_000
GRACE_S = 0.1
"""One call of an SQL function cannot be interrupted; so much later the kernel ends the process."""
PRINTING_S = 30

TOO_MUCH = ("the answer needs more than 200 MB", "ask for fewer rows or columns, or use --json or --csv")
ONE_SELECT = '`fleetmeter sql` takes one select: fleetmeter sql "select * from sessions limit 10"'
SCHEMA = "`fleetmeter sql --schema` shows what there is to ask"


def main() -> None:
    """Ask, and answer."""
    home, shape, rows, seconds, width, statement = sys.argv[1:]
    for name in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(name, signal.SIG_DFL)  # Python's own handlers run only between two calls of C
    try:
        code = ask(home, SHAPES[shape](int(width) or None), int(rows), float(seconds), statement)
    except MemoryError:
        code = tell(FleetmeterError(TOO_MUCH[0], hint=TOO_MUCH[1]))
    except Exception as error:
        code = tell(error)
        if code is None:
            raise
    sys.stdout.flush()
    sys.exit(code)


def ask(home: str, answer: Answer, rows: int, seconds: float, statement: str) -> int:
    """Run the statement within its limits; what it gave before it was stopped is shown."""
    try:
        reader = open_reader(home)
    except NoDatabaseYet as nothing:
        answer.end()
        tell(nothing)
        return 0
    stopped = ""
    with closing(reader):
        # Only in an odd file is there text that is no UTF-8, or in a cast of a blob; neither should end the query.
        reader.text_factory = readable
        enclose(seconds)
        refused = fence.build(reader, seconds)
        try:
            cursor = reader.execute(statement)
            if cursor.description is None:
                raise UsageTrouble("there is no statement", hint=ONE_SELECT)
            answer.head([column[0] for column in cursor.description])
            if take(cursor, answer, rows):
                stopped = f"stopped after {rows:,} rows; --rows N gives more"
            cursor.close()
        except (sqlite3.Error, sqlite3.Warning, UnicodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT:
                raise explained(error, refused()) from error
            stopped = f"stopped after {seconds:g} s; --seconds N gives it longer"
    # Nobody waits for the database now, so the writing of the answer may take its time.
    signal.setitimer(signal.ITIMER_REAL, PRINTING_S)
    answer.end()
    if stopped:
        terminal.say(f"fleetmeter: {stopped}")
    return CUT if stopped else 0


def readable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def explained(error: Exception, refused: str) -> FleetmeterError:
    """What was wrong with the statement."""
    words = str(error)
    if refused:
        return fence.Refused(f"only reading is allowed; this statement wants: {refused}", hint=SCHEMA)
    if isinstance(error, UnicodeError):
        return UsageTrouble("the statement is not valid UTF-8")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.Warning):  # of Python 3.11 that is a warning
        return UsageTrouble("that is more than one statement", hint=ONE_SELECT)
    if "no such table" in words or "no such column" in words:
        return FleetmeterError(words, hint=SCHEMA)
    return FleetmeterError(words)


def take(cursor: sqlite3.Cursor, answer: Answer, rows: int) -> bool:
    """Hand over the rows; whether there are more than that many."""
    for taken, row in enumerate(cursor):
        if taken == rows:
            return True
        answer.add(row)
    return False


def enclose(seconds: float) -> None:
    """Let the kernel hold the limits, so that they hold whatever the statement does."""
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_S)
    _lower(resource.RLIMIT_CORE, 0)
    try:
        with open("/proc/self/statm", "rb") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # no such limit on macOS either; SQLite's own heap limit remains
    _lower(resource.RLIMIT_AS, used + MEMORY_BYTES)


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main()
