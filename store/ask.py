"""Ask the collector that runs, over its Unix socket: one line of JSON there, one back."""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from store.home import StrPath

NAME = "fleetmeter.sock"
LONGEST = 100  # bytes: what the address of a socket may hold everywhere
MOST_BYTES = 1 << 20


@contextmanager
def address(home: StrPath) -> Generator[str, None, None]:
    """The name of the socket for bind and connect, also where the folder's own name is too long for one."""
    path = os.path.join(os.fspath(home), NAME)
    if len(os.fsencode(path)) <= LONGEST:
        yield path
        return
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)


def ask(home: StrPath, question: str, timeout_s: float = 3.0) -> dict[str, Any] | None:
    """The answer; None when nobody answers."""
    import json

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, address(home) as name:
            line.settimeout(timeout_s)
            line.connect(name)
            line.sendall(json.dumps({"ask": question}).encode() + b"\n")
            words = bytearray()
            while not words.endswith(b"\n") and len(words) < MOST_BYTES:
                part = line.recv(1 << 16)
                if not part:
                    break
                words += part
        answer: Any = json.loads(bytes(words))
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else None
