"""What agents' programs send (hooks, status lines, telemetry) waits here, a line for each, until it is recorded.

A folder for each root, in it a file for each day: the collector reads these as it reads an agent's own files, so
what is sent is recorded exactly once, whoever is killed when. Imports nothing heavy: an agent waits for the sender.
"""

import os
import time

FOLDER = "feed"
ENDING, RAW_ENDING = ".feed", b".feed"
LONGEST_NAME = 200
MOST_LINE = 1 << 20
MOST_FOLDER = 256 << 20
"""Bytes of one root that may wait while no collector runs: an agent must never fill the disk."""


def tree(home: str, agent: str, root: str) -> str:
    """The folder of what is sent from one root."""
    name = root.replace("%", "%25").replace("/", "%2F")
    if len(os.fsencode(name)) > LONGEST_NAME:
        from zlib import crc32

        tail = os.fsencode(name)[-LONGEST_NAME + 20 :].decode("utf-8", "replace")
        name = f"{crc32(os.fsencode(root)):08x}-{tail}"
    return os.path.join(home, FOLDER, agent, name)


def stamp() -> str:
    """Now, as every line begins with it."""
    seconds, ms = divmod(time.time_ns() // 1_000_000, 1000)
    return time.strftime(f"%Y-%m-%dT%H:%M:%S.{ms:03d}Z", time.gmtime(seconds))


def line(source: str, body: bytes, at: str, pid: int) -> bytes:
    """One message. Its body is JSON already; that it stands on one line is seen to here."""
    flat = b" ".join(body.split(b"\n")) if b"\n" in body else body
    return b'{"at":"%s","from":"%s","pid":%d,"body":%s}\n' % (at.encode(), source.encode(), pid, flat or b"null")


def append(folder: str, words: bytes) -> bool:
    """Add a whole line to the file of its day; False where that would be too much, or cannot be."""
    if len(words) > MOST_LINE:
        return False
    path = os.path.join(folder, words[7:17].decode("ascii", "replace") + ENDING)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        try:
            file = os.open(path, flags, 0o600)
        except FileNotFoundError:
            make(folder)
            file = os.open(path, flags, 0o600)
        try:
            if os.fstat(file).st_size + len(words) > MOST_FOLDER:
                return False
            return os.write(file, words) == len(words)
        finally:
            os.close(file)
    except OSError:
        return False


def make(folder: str) -> None:
    """The folder and those above it, for the owner alone, whatever the umask."""
    above = os.path.dirname(folder)
    if not os.path.isdir(above):
        make(above)
    try:
        os.mkdir(folder, 0o700)
        os.chmod(folder, 0o700)
    except FileExistsError:
        pass
