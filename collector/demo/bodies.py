"""Real processes that stand in for the programs of imaginary agents: whoever looks finds them, under their names.

Each does nothing but wait, and ends with the demo, however that ends.
"""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

from store.process import birth

WAITS = "cat"


class Bodies:
    """The processes of a demo that runs."""

    def __init__(self) -> None:
        self._alive: dict[int, subprocess.Popen[bytes]] = {}

    def embody(self, program: str, folder: str, holds: str = "") -> tuple[int, str]:
        """Another one, at work in that folder: its pid, and when it began, in ticks.

        program: the path of its executable, which is made; holds: a file that it keeps open."""
        os.makedirs(folder, 0o700, exist_ok=True)
        held = (os.open(holds, os.O_RDONLY | os.O_CLOEXEC),) if holds else ()
        try:
            process = self._begun(program, folder, held)
        finally:
            for descriptor in held:
                os.close(descriptor)
        self._alive[process.pid] = process
        return process.pid, birth(process.pid).partition("@")[0]

    def _begun(self, program: str, folder: str, held: tuple[int, ...]) -> "subprocess.Popen[bytes]":
        # It waits for the other end of this pipe, which is ours alone: when we are gone, so is it.
        def begin(executable: str | None) -> "subprocess.Popen[bytes]":
            return subprocess.Popen(
                (WAITS,), executable=executable, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=folder,
                pass_fds=held, start_new_session=True,
            )  # fmt: skip

        try:
            return begin(_made(program))
        except PermissionError:  # nothing may be run from where temporary folders are
            return begin(None)

    def end(self, pid: int) -> None:
        """It is not needed any more."""
        process = self._alive.pop(pid, None)
        if process is not None:
            process.communicate()

    def end_all(self) -> None:
        for pid in list(self._alive):
            self.end(pid)


def _made(program: str) -> str | None:
    """An executable of that path which does nothing but wait."""
    waits = shutil.which(WAITS)
    if waits is None:
        return None
    if not os.path.exists(program):
        os.makedirs(os.path.dirname(program), 0o700, exist_ok=True)
        shutil.copyfile(waits, program)
        os.chmod(program, 0o700)
    return program


@contextmanager
def bodies() -> Generator[Bodies, None, None]:
    """They live while the block runs."""
    made = Bodies()
    try:
        yield made
    finally:
        made.end_all()
