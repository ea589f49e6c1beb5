"""`fleetmeter start`, `stop`, `restart`: the collector as a process of its own, and its end."""

import os
import signal
import subprocess
import sys
import tempfile
import time

from store import home as homes
from store import lock
from store.ask import ask
from store.errors import FleetmeterError
from store.lock import COLLECTING, Holder
from store.process import send
from viewers.screen import terminal
from viewers.screen.text import clean

START_S, STOP_S = 15.0, 10.0
EVERY_S = 0.02


def start() -> int:
    """Start a collector, and wait until it works."""
    home = homes.locate()
    running = collector(home)
    if running is not None:
        terminal.show(f"a collector runs already (pid {running.pid})")
        return 0
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            cwd="/",
            start_new_session=True,  # the end of this terminal is not its end
        )
        until = time.monotonic() + START_S
        while process.poll() is None and time.monotonic() < until:
            said = ask(home, "status", 1.0) or {}
            if said.get("pid") == process.pid:
                terminal.show(f"started (pid {process.pid})")
                if said.get("state") == "waiting" and said.get("lastError"):
                    terminal.say(f"it waits: {clean(said['lastError']['words'])}")
                process.returncode = 0  # it goes on without us
                return 0
            time.sleep(EVERY_S)
        if process.poll() is None:
            process.returncode = 0
            raise FleetmeterError(
                f"the collector (pid {process.pid}) does not answer yet", hint="`fleetmeter status` tells when it does"
            )
        words.seek(0)
        said = words.read().decode("utf-8", "replace").strip().splitlines()
    running = collector(home)
    if running is not None:  # another one was faster
        terminal.show(f"a collector runs already (pid {running.pid})")
        return 0
    raise FleetmeterError(
        f"the collector did not start: {said[0].removeprefix('fleetmeter: ') if said else 'it said nothing'}",
        hint=said[1].strip() if len(said) > 1 else f"{home}/fleetmeter.log may say more",
    )


def stop() -> int:
    """End the collector of this data folder, and wait until it has ended."""
    home = homes.locate()
    running = collector(home)
    if running is None:
        terminal.show("no collector runs")
        return 0
    end(home, running)
    terminal.show(f"stopped (pid {running.pid})")
    return 0


def restart() -> int:
    """Stop the collector that runs, if one does, and start another."""
    home = homes.locate()
    running = collector(home)
    if running is not None:
        end(home, running)
    return start()


def collector(home: str) -> Holder | None:
    """The collector that holds this folder's lock now."""
    holder = lock.holder(home)
    return holder if holder is not None and holder.doing == COLLECTING else None


def end(home: str, running: Holder) -> None:
    """Tell it to end: the process that holds the lock, known by the time of its birth, and no other of this pid."""
    if not send(running.pid, running.born, signal.SIGTERM) and collector(home) == running:
        raise FleetmeterError(
            f"pid {running.pid} is not the process that said it holds the lock", hint="nothing was stopped"
        )
    until = time.monotonic() + STOP_S
    while collector(home) == running:
        if time.monotonic() > until:
            raise FleetmeterError(f"the collector (pid {running.pid}) does not end", hint="try again in a moment")
        time.sleep(EVERY_S)


def command() -> list[str]:
    """How we were called ourselves, with other words: the same interpreter, the same script, never a name in a PATH."""
    words = len(sys.argv) - 1
    called = sys.orig_argv[: len(sys.orig_argv) - words] if words else sys.orig_argv
    return [sys.executable, *(_whole(word) for word in called[1:]), "collect"]


def _whole(word: str) -> str:
    return os.path.abspath(word) if os.sep in word and os.path.exists(word) else word
