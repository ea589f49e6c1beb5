"""The data folder is private whatever the umask, is ours alone, and lies on a disk of this machine."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import home as homes
from store import lock
from store.database import open_reader, open_writer
from store.device import device_id
from store.errors import FleetmeterError
from store.filesystem import filesystem_type

STRANGER = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def check_s14(home: Path, steps: Path, next_steps: Path, mask: int) -> None:
    """All that a life makes — database, log, index, lock, device, backup — is 0600 in 0700."""
    with umask(mask), _life(home, steps, next_steps):
        assert modes(home) == expected(home)
        assert {"fleetmeter.db-wal", "fleetmeter.db-shm", "fleetmeter.lock", "device"} <= set(os.listdir(home))
        assert os.listdir(home / "backups")


@contextmanager
def _life(home: Path, steps: Path, next_steps: Path) -> Iterator[None]:
    open_writer(home, folder=steps).close()
    with lock.hold(home, "testing"):
        device_id(home)
        writer = open_writer(home, folder=next_steps)
        writer.execute("insert into note (words) values ('makes a log')")
        yield
        writer.close()


def modes(home: Path) -> dict[str, int]:
    return {str(path): stat.S_IMODE(path.lstat().st_mode) for path in (home, *home.rglob("*"))}


def expected(home: Path) -> dict[str, int]:
    return {str(path): 0o700 if path.is_dir() else 0o600 for path in (home, *home.rglob("*"))}


@pytest.mark.promise("S14")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777], ids=oct)
def test_S14_private_whatever_the_umask(mask: int, home: Path, steps: Path, next_steps: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    check_s14(home, steps, next_steps, mask)


@pytest.mark.mutant("S14")
@pytest.mark.parametrize("mask", [0o000, 0o022], ids=oct)
def test_S14_fails_for_files_made_the_usual_way(
    mask: int, home: Path, steps: Path, next_steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "create_private", lambda path: os.open(path, os.O_RDWR | os.O_CREAT, 0o666))
    monkeypatch.setattr(homes, "close_to_others", lambda _: None)
    with pytest.raises(AssertionError):
        check_s14(home, steps, next_steps, mask)


@pytest.mark.mutant("S14")
def test_S14_fails_for_a_folder_made_the_usual_way(
    home: Path, steps: Path, next_steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "prepare", lambda *_: home.mkdir(exist_ok=True))
    with pytest.raises(AssertionError):
        check_s14(home, steps, next_steps, 0o022)


def check_s14_wider(home: Path, steps: Path, next_steps: Path) -> None:
    """Modes that became wider are taken back at the next start."""
    with _life(home, steps, next_steps):
        pass
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with _life(home, next_steps, next_steps):
        assert modes(home) == expected(home)


@pytest.mark.promise("S14")
def test_S14_wider_modes_found_are_fixed(home: Path, steps: Path, next_steps: Path) -> None:
    check_s14_wider(home, steps, next_steps)


@pytest.mark.mutant("S14")
def test_S14_fails_for_wider_modes_left(
    home: Path, steps: Path, next_steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "close_to_others", lambda _: None)
    with pytest.raises(AssertionError):
        check_s14_wider(home, steps, next_steps)


@pytest.mark.promise("S14")
@pytest.mark.parametrize("mode", [0o755, 0o1777, 0o777], ids=oct)
def test_S14_a_shared_folder_is_refused_and_not_locked_up(mode: int, home: Path, steps: Path) -> None:
    home.mkdir()
    (home / "of-somebody-else").touch()
    home.chmod(mode)
    with pytest.raises(FleetmeterError, match="open to other users") as raised:
        open_writer(home, folder=steps)
    assert "FLEETMETER_HOME" in raised.value.hint
    assert stat.S_IMODE(home.stat().st_mode) == mode
    assert os.listdir(home) == ["of-somebody-else"]


@pytest.mark.promise("S14")
@as_root
@pytest.mark.parametrize("name", ["", "fleetmeter.db", "device"])
def test_S14_what_belongs_to_another_user_is_refused(name: str, home: Path, steps: Path) -> None:
    open_writer(home, folder=steps).close()
    device_id(home)
    os.chown(home / name, STRANGER, STRANGER)
    with pytest.raises(FleetmeterError, match="another user"):
        open_writer(home, folder=steps)


def test_an_empty_folder_made_by_hand_is_taken_over(home: Path, steps: Path) -> None:
    home.mkdir(mode=0o755)
    open_writer(home, folder=steps).close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_file_in_place_of_the_folder_is_refused(home: Path, steps: Path) -> None:
    home.write_text("a file")
    with pytest.raises(FleetmeterError, match="not a folder"):
        open_writer(home, folder=steps)


@pytest.mark.promise("S11")
@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs"])
def test_S11_a_network_file_system_is_refused(kind: str, home: Path, steps: Path) -> None:
    open_writer(home, folder=steps).close()
    before = (home / "fleetmeter.db").read_bytes()
    for opener in (open_writer, open_reader):
        with pytest.raises(FleetmeterError, match=f"network file system \\({kind}\\)"):
            opener(home, folder=steps, detect=lambda _: kind)
    assert (home / "fleetmeter.db").read_bytes() == before


@pytest.mark.promise("S11")
def test_S11_nothing_is_made_on_a_network_file_system(home: Path, steps: Path) -> None:
    with pytest.raises(FleetmeterError, match="network file system"):
        open_writer(home, folder=steps, detect=lambda _: "nfs")
    assert not home.exists()


@pytest.mark.mutant("S11")
def test_S11_fails_for_a_detector_that_sees_nothing(home: Path, steps: Path) -> None:
    with pytest.raises(pytest.fail.Exception), pytest.raises(FleetmeterError):
        open_writer(home, folder=steps, detect=lambda _: "").close()


def test_the_file_system_is_that_of_the_longest_mount_point(tmp_path: Path) -> None:
    mountinfo = tmp_path / "mountinfo"
    mountinfo.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"23 22 0:40 / {tmp_path}/a\\040b rw shared:1 - nfs4 server:/x rw\n"
        f"24 22 0:41 / {tmp_path}/a\\040b/local rw - xfs /dev/sdb1 rw\n"
        f"25 22 0:42 / {tmp_path}/twice rw - ext4 /dev/sdc1 rw\n"
        f"26 25 0:43 / {tmp_path}/twice rw - fuse.sshfs host: rw\n"
    )
    found = {
        name: filesystem_type(str(tmp_path / name), str(mountinfo))
        for name in ("", "a b", "a b/x/y", "a b/local/x", "a bc", "twice/x")
    }
    assert list(found.values()) == ["ext4", "nfs4", "nfs4", "xfs", "ext4", "fuse.sshfs"]
    assert filesystem_type("/", str(tmp_path / "absent")) == ""
    assert filesystem_type(str(tmp_path)) != ""


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLEETMETER_HOME", "~/elsewhere")
    assert homes.locate() == str(tmp_path / "home" / "elsewhere")
    monkeypatch.delenv("FLEETMETER_HOME")
    assert Path(homes.locate()).is_relative_to(tmp_path)
    assert Path(homes.locate()).name == "fleetmeter"
