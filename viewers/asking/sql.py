"""`sql`: any question that a select can ask, run in a process of its own that cannot outlast its limits."""

import os
import signal
import sys

from store import home as homes
from store import schema
from viewers.reports.scope import nearest
from viewers.screen import terminal
from viewers.trouble import CUT, FAILED, UsageTrouble

SANDBOX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sandbox.py")

MOST_HELD = 64_000_000
"""Bytes of an answer that wait here until it is complete. A reader that pauses (a pager) must not stall the query,
which would hold its view of the database open, and with it the write-ahead log."""
CHUNK = 1 << 20
MOST_TEXT = 100_001
"""Bytes of a file that are read: more than a statement may have."""

ROW_ENDS, CLOSED = b",\n", b"\n]\n"


def statement_of(statement: str | None, table: str | None, file: str | None) -> str:
    """What is asked: a select, the select in a file, or all of a view; one of these."""
    given = [one for one in (statement, table, file) if one is not None]
    if len(given) != 1:
        wrong = "there is nothing to ask" if not given else "a select, --table and --file exclude each other"
        raise UsageTrouble(wrong, hint='`fleetmeter sql "select * from sessions limit 10"`, or --table sessions')
    if table is not None:
        names = [view.name for view in schema.views()]
        if table not in names:
            raise UsageTrouble(f"there is no view {table!r}", hint=nearest(table, names))
        return " ".join(("select * from", table))
    return _read(file) if file is not None else given[0]


def _read(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.buffer.read(MOST_TEXT).decode()
        with open(path, "rb") as file:
            return file.read(MOST_TEXT).decode()
    except UnicodeDecodeError as error:
        raise UsageTrouble(f"{path} is no text in UTF-8") from error
    except OSError as error:
        raise UsageTrouble(
            f"{path} cannot be read: {error.strerror}", hint="--file takes a file of SQL, or -"
        ) from error


def run(statement: str, *, as_json: bool, as_csv: bool, rows: int, seconds: float) -> int:
    """Ask it, and pass the answer on."""
    if as_json and as_csv:
        raise UsageTrouble("--json and --csv exclude each other")
    if "\0" in statement:
        raise UsageTrouble("the statement holds a zero byte")
    shape = "json" if as_json else "csv" if as_csv else "table"
    width = terminal.columns() or 0
    child, answer, talk = start([homes.locate(), shape, str(rows), str(seconds), str(width), statement])
    try:
        rest = _pass_on(answer)
        said = b"".join(iter(lambda: os.read(talk, CHUNK), b""))
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(answer)
        os.close(talk)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _write(closed(rest) if shape == "json" and code and not rest.endswith(CLOSED) else rest)
    if code >= 0:
        sys.stderr.write(said.decode("utf-8", "replace"))
        return code
    if -code == signal.SIGALRM:
        terminal.say(f"fleetmeter: stopped after {seconds:g} s; --seconds N gives it longer")
        return CUT
    terminal.say(f"fleetmeter: the query was ended by signal {-code}, probably for want of memory")
    return FAILED


def start(arguments: list[str]) -> tuple[int, int, int]:
    """Start the sandbox; its process id, and where its answer and its talk come from."""
    # Started afresh and not forked: it then has neither our memory, nor our files, nor the locks of our threads.
    command = [sys.executable, "-I", "-X", "utf8", SANDBOX, *arguments]
    environ = {**os.environ, "FORCE_COLOR": "1" if terminal.has_colour() else ""}
    answer, answer_end = os.pipe()
    talk, talk_end = os.pipe()
    try:
        child = os.posix_spawn(
            sys.executable,
            command,
            environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, answer_end, 1),
                (os.POSIX_SPAWN_DUP2, talk_end, 2),
            ],
        )
    finally:
        os.close(answer_end)
        os.close(talk_end)
    return child, answer, talk


def _pass_on(answer: int) -> bytes:
    """Read the answer to its end; what is returned is still to be written."""
    held = bytearray()
    while chunk := os.read(answer, CHUNK):
        held += chunk
        if len(held) > MOST_HELD:
            whole = max(held.rfind(ROW_ENDS), held.rfind(b"\n"))
            _write(bytes(held[:whole]))
            del held[:whole]
    return bytes(held)


def closed(answer: bytes) -> bytes:
    """The JSON of a query that was cut off, ended after its last whole row."""
    if not answer:
        return answer
    whole = answer.rfind(ROW_ENDS)
    return answer[:whole] + CLOSED if whole >= 0 else b"[]\n"


def _write(answer: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
