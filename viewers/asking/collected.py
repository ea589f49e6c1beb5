"""The answer to a query as a whole, for viewers that show it otherwise than a terminal does."""

import os
import signal

from store.light import NamedTuple
from viewers.asking.sql import CHUNK, start
from viewers.trouble import CUT, FAILED

MOST_HELD = 16_000_000
"""Bytes of an answer that are kept; a query that says more is ended."""


class Collected(NamedTuple):
    """What it said, what was said about it, and its exit code."""

    answer: bytes
    said: str
    code: int


def collected(home: str, statement: str, shape: str, *, rows: int, seconds: float) -> Collected:
    """Ask it in the sandbox, behind all of its limits."""
    if "\0" in statement:
        return Collected(b"", "the statement holds a zero byte", FAILED)
    child, answer, talk = start([home, shape, str(rows), str(seconds), "0", statement])
    held, is_whole = bytearray(), True
    try:
        while chunk := os.read(answer, CHUNK):
            held += chunk
            if len(held) > MOST_HELD:
                is_whole = False
                break
    finally:
        if not is_whole:
            os.kill(child, signal.SIGKILL)
        os.close(answer)
        said = b"".join(iter(lambda: os.read(talk, CHUNK), b"")).decode("utf-8", "replace")
        os.close(talk)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not is_whole:
        return Collected(b"", f"the answer is larger than {MOST_HELD // 1_000_000} MB", FAILED)
    if code < 0:
        words = f"stopped after {seconds:g} s" if -code == signal.SIGALRM else "it was ended for want of memory"
        return Collected(bytes(held), words, CUT if -code == signal.SIGALRM else FAILED)
    return Collected(bytes(held), said.strip().removeprefix("fleetmeter: "), code)
