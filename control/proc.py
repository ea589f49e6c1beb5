"""What Linux tells of one process, read by hand: hundreds are asked about at once, and psutil takes 20 times as long.

Whatever it does not tell, or not any more, is None."""

import os

TERMINALS = range(136, 144)
"""The numbers of the kinds of devices that windows' terminals are."""
CONSOLE = 4
SERIAL = 64


def uid(pid: int) -> int | None:
    """Its real user: who owns its folder is another one where it may not be looked into."""
    text = _read(pid, "status")
    at = -1 if text is None else text.find(b"\nUid:")
    return None if text is None or at < 0 else int(text[at + 5 :].split(None, 1)[0])


def exe(pid: int) -> str | None:
    return _link(pid, "exe")


def argv(pid: int) -> list[str] | None:
    text = _read(pid, "cmdline")
    if text is None:
        return None
    # A title that it gave itself ends in nothing but zeros.
    return [os.fsdecode(word) for word in text.rstrip(b"\0").split(b"\0")] if text.strip(b"\0") else []


def cwd(pid: int) -> str | None:
    return _link(pid, "cwd")


def environ(pid: int) -> dict[str, str] | None:
    text = _read(pid, "environ")
    if text is None:
        return None
    pairs = (word.partition(b"=") for word in text.split(b"\0"))
    return {os.fsdecode(name): os.fsdecode(value) for name, equals, value in pairs if equals}


def open_files(pid: int) -> list[str] | None:
    """Those that have a name, devices left out."""
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return None
    found = (_link(pid, f"fd/{number}") for number in numbers)
    return [path for path in found if path and path[0] == "/" and not path.startswith(("/dev/", "/proc/", "/memfd:"))]


def terminal(pid: int) -> str | None:
    """The name of its terminal; "" where it has none."""
    text = _read(pid, "stat")
    word = [] if text is None else text.rpartition(b") ")[2].split()
    if len(word) < 5:
        return None
    device = int(word[4]) & 0xFFFFFFFF
    kind, number = os.major(device), os.minor(device)
    if device == 0:
        return ""
    if kind in TERMINALS:
        return f"/dev/pts/{(kind - TERMINALS.start) * 256 + number}"
    if kind == CONSOLE:
        return f"/dev/tty{number}" if number < SERIAL else f"/dev/ttyS{number - SERIAL}"
    return None


def has_lost_terminal(pid: int) -> bool:
    """Whether its input, output or errors go to a terminal that is closed."""
    places = (_link(pid, f"fd/{number}") or "" for number in range(3))
    return any(place.startswith(("/dev/pts/", "/dev/tty")) and place.endswith(" (deleted)") for place in places)


def _link(pid: int, name: str) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return None


def _read(pid: int, name: str) -> bytes | None:
    try:
        with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return None
