"""Errors as people meet them: one line, one hint, an exit code, never a traceback for what could be foreseen."""

from store.errors import FleetmeterError
from viewers.screen import terminal
from viewers.screen.text import clean

FAILED, USAGE, CUT = 1, 2, 3

# What SQLite calls it → what happened, and what to do.
SQLITE = {
    "SQLITE_FULL": ("the disk is full", "make room and run it again: what was recorded before is safe"),
    "SQLITE_BUSY": ("another process is writing to the database", "wait until it has finished"),
    "SQLITE_LOCKED": ("another process is writing to the database", "wait until it has finished"),
    "SQLITE_READONLY": ("the database may not be written", "check the permissions of the data folder"),
    "SQLITE_CANTOPEN": ("the database cannot be opened", "check the permissions of the data folder"),
    "SQLITE_PERM": ("the database cannot be opened", "check the permissions of the data folder"),
    "SQLITE_IOERR": ("the disk failed to read or write", "check the disk and its free space, then run it again"),
    "SQLITE_NOMEM": ("there was not enough memory", "free some memory and run it again"),
    "SQLITE_CORRUPT": (
        "the database is damaged",
        "`fleetmeter doctor` says more, and `fleetmeter doctor --fix` mends it",
    ),
    "SQLITE_NOTADB": (
        "the database is damaged",
        "`fleetmeter doctor` says more, and `fleetmeter doctor --fix` mends it",
    ),
}


class UsageTrouble(FleetmeterError):
    """The command line asks for something that cannot be: exit code 2."""


def tell(error: Exception) -> int | None:
    """Say it on stderr and give the exit code; None if nobody could foresee it."""
    told = explain(error)
    if told is None:
        return None
    message, hint = told
    terminal.say(f"fleetmeter: {clean(message)}", *([f"  {clean(hint)}"] if hint else []))
    return USAGE if isinstance(error, UsageTrouble) else FAILED


def explain(error: Exception) -> tuple[str, str] | None:
    """What happened and what to do."""
    if isinstance(error, FleetmeterError):
        return str(error), error.hint
    if isinstance(error, OSError):
        place = error.filename if isinstance(error.filename, str) else ""
        return ": ".join(filter(None, (place, error.strerror or str(error)))), _os_hint(error)
    if isinstance(error, MemoryError):
        return SQLITE["SQLITE_NOMEM"]
    import sqlite3

    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError):
        name = getattr(error, "sqlite_errorname", "")
        words, hint = SQLITE.get("_".join(name.split("_")[:2]), ("the database answered with an error", ""))
        return f"{words}: {error}", hint
    return None


def _os_hint(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "check who owns it and its permissions"
    return ""
