"""K3, K4, K5: the collector's socket is ours alone, one at a time, and nothing that is sent there harms anybody."""

import json
import os
import selectors
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collector.doors.door as doors
from collector.doors.door import Door
from store.ask import NAME
from store.errors import FleetmeterError
from store.lock import COLLECTING, hold
from tests.collector.daemons import until
from tests.collector.doors.opened_door import Opened, rest

RACE = Path(__file__).with_name("door_child.py")
NOBODY = 65534
QUESTION = b'{"ask": "who"}\n'


@pytest.fixture
def opened(home: Path) -> Iterator[Opened]:
    door = Opened(home)
    yield door
    door.close()


# -- K3


def modes(home: Path) -> tuple[int, int]:
    return stat.S_IMODE(home.stat().st_mode), stat.S_IMODE((home / NAME).stat().st_mode)


@pytest.mark.promise("K3")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_K3_the_socket_is_closed_to_others_whatever_the_umask(umask: int, home: Path) -> None:
    before = os.umask(umask)
    try:
        opened = Opened(home)
        found = modes(home)
        opened.close()
    finally:
        os.umask(before)
    assert found == (0o700, 0o600)


@pytest.mark.mutant("K3")
def test_K3_a_socket_that_is_open_to_others_is_seen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "umask", lambda mode: 0)
    opened = Opened(home)
    found = modes(home)
    opened.close()
    assert found != (0o700, 0o600)


def asked_by(uid: int, opened: Opened) -> bytes:
    """What another user gets, for whom both are open: who is asking is looked at all the same."""
    opened.home.chmod(0o777)
    (opened.home / NAME).chmod(0o777)
    code = (
        "import os, socket, sys\n"
        "folder = os.open(sys.argv[1], os.O_RDONLY)\n"
        "os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
        "line = socket.socket(socket.AF_UNIX)\n"
        "line.settimeout(5); line.connect(f'/proc/self/fd/{folder}/{sys.argv[3]}')\n"
        "try:\n    line.sendall(b'{}\\n'); sys.stdout.buffer.write(line.recv(99))\n"
        "except (BrokenPipeError, ConnectionResetError):\n    pass\n"
    )
    words = [sys.executable, "-I", "-c", code, str(opened.home), str(uid), NAME]
    return subprocess.run(words, capture_output=True, check=True).stdout


as_root = pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only root can be another user")


@as_root
@pytest.mark.promise("K3")
def test_K3_another_user_is_closed_without_a_byte(opened: Opened) -> None:
    assert asked_by(NOBODY, opened) == b""
    assert asked_by(0, opened) == b'{"heard": 2}\n'


@pytest.mark.promise("K3")
def test_K3_who_says_that_he_is_another_is_closed_without_a_byte(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "peer_uid", lambda client: os.geteuid() + 1)
    assert opened.say(QUESTION) == b""


@as_root
@pytest.mark.mutant("K3")
def test_K3_a_door_that_does_not_look_who_asks_is_seen(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "peer_uid", lambda client: os.geteuid())
    assert asked_by(NOBODY, opened) != b""


@pytest.mark.promise("K3")
@pytest.mark.parametrize("kind", ["link", "open", "foreign"])
def test_K3_a_folder_that_is_not_ours_alone_gets_no_socket(kind: str, home: Path, tmp_path: Path) -> None:
    place = home
    if kind == "link":
        place = tmp_path / "link"
        place.symlink_to(home)
    elif kind == "open":
        home.chmod(0o750)
    elif os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    else:
        pytest.skip("only root can give a folder away")
    with hold(home, COLLECTING), selectors.DefaultSelector() as selector:
        with pytest.raises(FleetmeterError, match="closed to others"):
            Door(str(place), selector, lambda asked: {})
    assert not (home / NAME).exists()


# -- K4


def raced(home: Path, count: int, mutant: str = "none") -> dict[str, int]:
    words = [sys.executable, str(RACE), str(home), str(count), mutant]
    return json.loads(subprocess.run(words, capture_output=True, check=True).stdout)


@pytest.mark.promise("K4")
def test_K4_of_those_who_race_one_has_the_socket_and_a_dead_ones_is_replaced(home: Path) -> None:
    assert raced(home, 200) == {"wrong": 0, "answered": 200}


@pytest.mark.mutant("K4")
def test_K4_doors_that_are_opened_without_the_lock_are_seen(home: Path) -> None:
    assert raced(home, 5, "no-lock")["wrong"] > 0


@pytest.mark.promise("K4")
def test_K4_a_living_socket_is_not_touched_by_who_has_no_lock(opened: Opened) -> None:
    before = (opened.home / NAME).stat().st_ino
    code = (
        "import selectors, sys; from collector.doors.door import Door; "
        "Door(sys.argv[1], selectors.DefaultSelector(), dict)"
    )
    words = [sys.executable, "-c", code, str(opened.home)]
    done = subprocess.run(words, capture_output=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode and b"only who holds the lock" in done.stderr
    assert (opened.home / NAME).stat().st_ino == before and opened.say(QUESTION) == b'{"heard": 14}\n'


# -- K5

WORDS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=50).map(lambda text: json.dumps(text).encode() + b"\n"),
    st.dictionaries(
        st.sampled_from(["ask", "feed", "x"]), st.one_of(st.none(), st.integers(), st.text(max_size=9))
    ).map(lambda told: json.dumps(told).encode() + b"\n"),
    st.sampled_from([b"[" * 100_000 + b"\n", b"1" * 5_000 + b"\n", b"\n", b"\0\n", b"{}\n{}\n", b"NaN\n", b""]),
)


def is_fair(answer: bytes) -> bool:
    """Nothing, or one line of JSON."""
    return not answer or (answer.count(b"\n") == 1 and isinstance(json.loads(answer), dict))


@pytest.mark.promise("K5")
@pytest.mark.parametrize("examples", [200, pytest.param(10_000, marks=pytest.mark.full)])
def test_K5_any_bytes_get_an_error_or_a_close(examples: int, opened: Opened) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(words=WORDS)
    def check(words: bytes) -> None:
        assert is_fair(opened.say(words))
        assert opened.trouble is None

    check()
    assert opened.say(QUESTION) == b'{"heard": 14}\n'


@pytest.mark.mutant("K5")
def test_K5_a_door_that_believes_what_it_hears_is_seen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Door, "_reply", lambda self, line: json.dumps(self._answer(json.loads(line))).encode())
    opened = Opened(home)
    with opened.line() as line:
        line.sendall(b"{\n")
        until(lambda: opened.trouble)
    with pytest.raises(AssertionError):
        opened.close()


def too_long(opened: Opened) -> bytes:
    return opened.say(b'{"x": "' + b"x" * (doors.MOST_BYTES + (1 << 17)) + b'"}\n')


def holds_back(opened: Opened) -> float:
    """How long somebody may stay who sends a byte now and then."""
    began = time.monotonic()
    with opened.line() as line:
        line.setblocking(False)
        while time.monotonic() - began < 3:
            try:
                line.send(b" ")
                if line.recv(1) == b"":
                    break
            except BlockingIOError:
                time.sleep(0.02)
            except OSError:
                break
    return time.monotonic() - began


def crowd(opened: Opened) -> list[bytes]:
    """What those get who come when as many as may are there."""
    lines = [opened.line() for _ in range(doors.MOST_CLIENTS)]
    try:
        return [opened.say(QUESTION) for _ in range(5)]
    finally:
        for line in lines:
            line.close()
        until(lambda: opened.say(QUESTION))


@pytest.mark.promise("K5")
def test_K5_a_message_may_have_a_mebibyte_and_no_more(opened: Opened) -> None:
    assert too_long(opened) == b""
    whole = b'{"x": "' + b"x" * ((1 << 20) - 20) + b'"}\n'
    assert json.loads(opened.say(whole))["heard"] == len(whole) - 1


@pytest.mark.promise("K5")
@pytest.mark.timed
def test_K5_who_is_slow_is_shown_out_and_others_are_heard_meanwhile(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doors.PATIENCE_S == 10
    monkeypatch.setattr(doors, "PATIENCE_S", 0.5)
    with opened.line() as slow:
        slow.sendall(b"{")
        assert opened.say(QUESTION) == b'{"heard": 14}\n'
        assert rest(slow) == b""
    assert 0.4 < holds_back(opened) < 8


@pytest.mark.promise("K5")
def test_K5_more_than_sixty_four_are_closed(opened: Opened) -> None:
    assert doors.MOST_CLIENTS == 64
    assert crowd(opened) == [b""] * 5


@pytest.mark.promise("K5")
def test_K5_what_many_hold_back_together_is_bounded(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST_HELD", 1 << 18)
    lines = [opened.line() for _ in range(8)]
    closed = 0
    for line in lines:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(b"x" * (1 << 16))
    for line in lines:
        line.settimeout(0.3)
        with suppress(TimeoutError):
            closed += rest(line) == b""
        line.close()
    assert 4 <= closed <= 5
    assert opened.say(QUESTION) == b'{"heard": 14}\n'


@pytest.mark.mutant("K5")
@pytest.mark.parametrize("limit", ["MOST_BYTES", "PATIENCE_S", "MOST_CLIENTS"])
def test_K5_a_door_without_a_limit_is_seen(limit: str, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: dict[str, Callable[[], Any]] = {
        "MOST_BYTES": lambda: opened.say(b'{"x": "' + b"x" * (1 << 21) + b'"}\n') != b"",
        "PATIENCE_S": lambda: holds_back(opened) > 2,
        "MOST_CLIENTS": lambda: [line.close() for line in [opened.line() for _ in range(64)] if opened.say(QUESTION)],
    }
    monkeypatch.setattr(doors, limit, 1 << 30)
    assert checks[limit]()
