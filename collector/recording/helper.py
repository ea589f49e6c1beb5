"""A second process that reads and decodes while the first writes. It knows no database, and dies with its parent."""

import fcntl
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from typing import IO

import msgspec

from collector.recording.read import Job, Reading
from store.errors import FleetmeterError
from store.write import Portion

# A plain process, not a fork, which would share the lock and the database's descriptors. It imports from where we do.
START = "import sys; sys.path[:] = sys.argv[1:]; from collector.recording.helper import serve; serve()"
PIPE_BYTES = 1 << 20
LENGTH = 4  # bytes that say how long the portion after them is; 0 ends them


def portions(jobs: list[Job]) -> Generator[Portion, None, None]:
    """What these files say, none of which was read before. A full pipe makes the reader wait for the writer."""
    paths = [path for path in sys.path if path]
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", START, *paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    decode = msgspec.msgpack.Decoder(Portion).decode
    with process:
        asking, telling = process.stdin, process.stdout
        assert asking is not None and telling is not None  # both are pipes
        _widen(telling)
        try:
            asking.write(msgspec.msgpack.encode(jobs))
            asking.close()
            yield from map(decode, iter(lambda: _receive(telling), b""))
        except (EOFError, BrokenPipeError) as error:
            raise FleetmeterError(
                f"the reading helper ended early (exit code {process.wait()})",
                hint="run the command again: what was recorded is safe, and it goes on from there",
            ) from error
        finally:
            telling.close()  # a helper whose portions nobody wants ends at its next one


def serve() -> None:
    """The helper: jobs on standard input, portions on standard output."""
    gc.disable()  # facts refer to nothing that refers back; looking for cycles among them takes a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and closes the pipe
    jobs = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[Job])
    encode, out = msgspec.msgpack.Encoder().encode, sys.stdout.buffer
    try:
        Reading(lambda portion: _send(out, encode(portion))).run(jobs)
        _send(out, b"")
    except BrokenPipeError:
        os._exit(1)  # the parent is gone; there is nobody to tell


def _widen(pipe: IO[bytes]) -> None:
    """Let a whole portion lie in the pipe, where the system allows it: then neither process waits for the other."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _send(out: IO[bytes], content: bytes) -> None:
    out.write(len(content).to_bytes(LENGTH))
    out.write(content)
    out.flush()


def _receive(source: IO[bytes]) -> bytes:
    length = source.read(LENGTH)
    if len(length) < LENGTH:
        raise EOFError
    size = int.from_bytes(length)
    content = source.read(size)
    if len(content) < size:
        raise EOFError
    return content
