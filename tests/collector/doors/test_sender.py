"""The sender and collectors that are not there, or hang: the agent notices nothing, and nothing is lost."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.collector.daemons import running, status, until
from tests.collector.lines.test_feed import EMIT, emitted
from tests.collector.recorded import record, rows

KINDS = "select count(*), count(distinct prompt_id) from signals"


def told(number: int) -> bytes:
    return b'{"session_id": "s", "hook_event_name": "Stop", "prompt_id": "p%d"}' % number


def emit(home: Path, root: Path, numbers: Iterable[int]) -> None:
    """So many agents at once as there are threads; each is answered with 0 and not a word."""

    def one(number: int) -> None:
        done = emitted(home, root, told(number))
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, numbers))


@pytest.fixture
def root(user: Path) -> Path:
    (user / ".claude").mkdir(exist_ok=True)
    return user / ".claude"


@pytest.mark.parametrize("count", [40, pytest.param(1_000, marks=pytest.mark.full)])
def test_what_is_emitted_without_a_collector_is_there_later(count: int, home: Path, user: Path, root: Path) -> None:
    emit(home, root, range(count))
    record(home, user)
    assert rows(home, KINDS) == [(count, count)]
    assert rows(home, "select count(*) from rejects") == [(0,)]


def test_a_collector_that_hangs_keeps_nobody_and_goes_on_where_it_was(home: Path, user: Path, root: Path) -> None:
    with running(home, user) as collector:
        until(lambda: status(home).get("sweeps"), 30)
        emit(home, root, range(5))
        until(lambda: rows(home, KINDS) == [(5, 5)], 30)
        collector.send_signal(signal.SIGSTOP)
        try:
            emit(home, root, range(5, 25))
            assert rows(home, KINDS) == [(5, 5)]
        finally:
            collector.send_signal(signal.SIGCONT)
        until(lambda: rows(home, KINDS) == [(25, 25)], 30)


def test_the_sender_speaks_to_nobody(home: Path, root: Path) -> None:
    """That is why no collector can keep it: it never opens a socket."""
    code = (
        "import runpy, sys\n"
        "sys.addaudithook(lambda name, _: name.startswith('socket.') and sys.exit('a socket'))\n"
        "del sys.argv[0]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    words = [sys.executable, "-I", "-c", code, str(EMIT), "claude", str(root)]
    environ = {"HOME": str(home.parent), "FLEETMETER_HOME": str(home)}
    done = subprocess.run(words, input=told(1), env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(home.rglob("*.feed"))
