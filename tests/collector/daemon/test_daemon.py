"""C16, C17, C20: one collector for each data folder, which ends when it is told to and costs nothing while idle."""

import random
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest

from collector.daemon.daemon import serve
from store import lock
from store.ask import NAME
from tests.collector.daemons import SLACK, calm, count, finish, lag, lay, running, spawn, status, until
from tests.collector.recorded import check_every_byte
from tests.collector.recording.killing import check_like_clean
from tests.collector.transcript import answer, prompt


def check_c16(home: Path, user: Path, rivals: int, mutant: str = "none", races: int = 2) -> None:
    """Of some that start at once, one runs; the others name it and end. When it is killed, the next one runs."""
    for _ in range(races):
        processes = [spawn(home, user, mutant) for _ in range(rivals)]
        try:
            until(lambda processes=processes: sum(p.poll() is None for p in processes) <= 1, 3.0 + rivals)
            (first,) = [process for process in processes if process.poll() is None]
            until(lambda: lock.holder(home), 3.0 + rivals)
            for process in processes:
                if process is not first:
                    said = process.communicate()[1]
                    assert process.returncode == 1
                    assert f"(pid {first.pid})" in said
            first.kill()
            first.wait()
            with running(home, user) as next_one:
                assert lock.holder(home) is not None
                assert status(home)["pid"] == next_one.pid
        finally:
            for process in processes:
                finish(process)


@pytest.mark.promise("C16")
def test_C16_one_collector_runs_and_the_others_name_it(home: Path, user: Path) -> None:
    check_c16(home, user, rivals=4)


@pytest.mark.full
@pytest.mark.promise("C16")
def test_C16_of_two_hundred_races_each_has_one_winner(home: Path, user: Path) -> None:
    check_c16(home, user, rivals=4, races=200)


@pytest.mark.promise("C16")
@pytest.mark.timed
def test_C16_a_second_one_ends_within_a_second(home: Path, user: Path) -> None:
    with running(home, user) as first:
        began = time.monotonic()
        with pytest.raises(lock.LockHeld) as raised:
            serve(str(home), {}, str(user), lambda: None)
        assert time.monotonic() - began < 1.0 * SLACK
        assert raised.value.pid == first.pid


@pytest.mark.mutant("C16")
def test_C16_fails_without_a_lock(home: Path, user: Path) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_c16(home, user, rivals=2, mutant="no-lock")


def check_c17(
    home: Path, project: Path, number: signal.Signals, mutant: str = "none", records: int = 100
) -> None:  # fmt: skip
    """A signal in the midst of growth and a backlog: it ends in two seconds, at a whole line, and nothing is lost."""
    lay(project, 60, 40)
    growing = project / "growing.jsonl"
    growing.write_bytes(prompt(0, sessionId="growing"))
    is_over = threading.Event()

    def grow() -> None:
        for n in range(1, 5000):
            with growing.open("ab") as file:
                file.write(answer(n, sessionId="growing"))
            if is_over.wait(0.002):
                return

    writer = threading.Thread(target=grow)
    user = project.parents[2]
    with running(home, user, mutant) as process:
        writer.start()
        try:
            until(lambda: count(home) > records)
            process.send_signal(number)
            began = time.monotonic()
            process.wait(2.0 * SLACK)
            assert process.returncode == 0
            assert time.monotonic() - began < 2.0 * SLACK
        except subprocess.TimeoutExpired:
            raise AssertionError("it does not end") from None
        finally:
            is_over.set()
            writer.join()
    check_every_byte(home)
    assert not (home / NAME).exists()
    with growing.open("ab") as file:
        file.write(b"{broken\n")
    check_like_clean(home, user)


@pytest.mark.promise("C17")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.timed
def test_C17_a_signal_ends_it_cleanly_in_two_seconds(home: Path, project: Path, number: signal.Signals) -> None:
    check_c17(home, project, number)


@pytest.mark.full
@pytest.mark.promise("C17")
@pytest.mark.timed
def test_C17_a_hundred_signals_at_any_moment_end_it_cleanly(tmp_path: Path) -> None:
    chance = random.Random(17)
    for number in range(100):
        folder = tmp_path / f"{number}"
        project = folder / "user" / ".claude" / "projects" / "p"
        project.mkdir(parents=True)
        which = chance.choice([signal.SIGTERM, signal.SIGINT])
        check_c17(folder / "fleetmeter_home", project, which, records=chance.randrange(2400))


@pytest.mark.mutant("C17")
def test_C17_fails_for_one_that_does_not_listen(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError, match="does not end"):
        check_c17(home, project, signal.SIGTERM, "deaf")


def state_of(home: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in home.iterdir()}


def written(pid: int) -> int:
    io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(io["wchar"]) + int(io["write_bytes"])


def cpu(pid: int) -> int:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return int(words[11]) + int(words[12])


def check_c20(home: Path, project: Path, files: int, seconds: float, mutant: str = "none") -> None:
    """Nothing happens: nothing is written, and hardly any time is used."""
    if not Path("/proc/self/io").exists():
        pytest.skip("this system does not count what a process writes")
    lay(project, files)
    with running(home, project.parents[2], mutant) as process:
        calm(home)
        if seconds > 10.0:  # a short round is over before the archive begins
            until(lambda: status(home)["archive"].get("backlogFiles") == 0, 600.0)
        time.sleep(8.0)  # the sums of days, and the last checkpoint
        before = state_of(home), written(process.pid), cpu(process.pid)
        time.sleep(seconds)
        assert (state_of(home), written(process.pid)) == before[:2]
        assert (cpu(process.pid) - before[2]) / 100 / seconds < 0.02


@pytest.mark.promise("C20")
@pytest.mark.timed
def test_C20_an_idle_collector_writes_nothing(home: Path, project: Path) -> None:
    check_c20(home, project, 300, 3.0)


@pytest.mark.full
@pytest.mark.promise("C20")
@pytest.mark.timed
def test_C20_ten_thousand_known_files_cost_nothing_to_speak_of(home: Path, project: Path) -> None:
    check_c20(home, project, 10_000, 600.0)


@pytest.mark.mutant("C20")
def test_C20_fails_for_a_heartbeat_in_a_file(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c20(home, project, 10, 3.0, "heartbeat")


def test_what_it_makes_is_for_its_owner_alone_and_holds_no_text(home: Path, project: Path) -> None:
    canary = "Zebrafinch-canary"
    (project / "a.jsonl").write_bytes(prompt(1, canary) + b'{"' + canary.encode() + b"\n")
    with running(home, project.parents[2]):
        calm(home)
        for name in (NAME, "fleetmeter.log"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    assert canary not in (home / "fleetmeter.log").read_text()


@pytest.mark.timed
def test_it_follows_the_configuration_and_new_roots(home: Path, project: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    (more / "projects" / "q").mkdir(parents=True)
    (more / "projects" / "q" / "b.jsonl").write_bytes(prompt(2, uuid="b", sessionId="b"))
    with running(home, project.parents[2]):
        calm(home)
        (home / "config.toml").write_text(f'[roots]\nclaude = ["{more}"]\n')
        until(lambda: count(home, "b"))
        (home / "config.toml").write_text("[rots]\n")
        until(lambda: (status(home)["lastError"] or {}).get("words", "").find("rots") > 0)
        assert lag(home, more / "projects" / "q" / "b.jsonl", 3) < 2 * SLACK


def test_who_looks_on_is_told_of_the_import_and_of_troubles(home: Path, project: Path) -> None:
    lay(project, 150, 20)
    with running(home, project.parents[2]):
        calm(home)
        told = [tuple(map(int, line.split())) for line in home.with_name("progress").read_text().splitlines()]
        size = sum(path.stat().st_size for path in project.iterdir())
        assert len(told) > 1 and told == sorted(told)
        assert told[-1] == (size, size)
        (home / "config.toml").write_text("[rots]\n")
        until(lambda: home.with_name("trouble").exists())
        assert "rots" in home.with_name("trouble").read_text()
