"""The data folder: where it is, and that only its owner can read it, whatever the umask."""

import os
import stat

from store.errors import FleetmeterError
from store.filesystem import Detector, filesystem_type, refuse_network
from store.locate import locate as locate

StrPath = str | os.PathLike[str]

BACKUPS = "backups"
ASIDE = "aside"
# Any of these in a folder says that the folder is ours, and so are its modes.
MARKS = frozenset({"fleetmeter.db", "fleetmeter.lock", "fleetmeter.create.lock", "device", "config.toml"})


def prepare(home: StrPath, detect: Detector = filesystem_type) -> None:
    """Make the folder, or check the one that is there: a folder of ours, for us alone, on a disk of this machine."""
    folder = os.fspath(home)
    refuse_network(folder, detect)
    try:
        if make_folder(folder):
            return
        found = os.stat(folder)
    except OSError as error:
        raise unusable(folder, "cannot be made", error) from error
    if not stat.S_ISDIR(found.st_mode):
        raise FleetmeterError(f"{folder} is not a folder", hint="move it away, or set FLEETMETER_HOME to another place")
    _refuse_stranger(folder, found)
    # Both kinds of read-only are told here, before the lock file and SQLite fail on them in words of their own.
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise FleetmeterError(
            f"{folder} lies on a file system that is mounted read-only: nothing can be recorded there",
            hint="mount it writable, or set FLEETMETER_HOME to a folder on another disk",
        )
    if found.st_mode & 0o077:
        names = os.listdir(folder)
        # A chmod of a folder that others share (a temporary folder, a home) would lock them out of it.
        if found.st_mode & stat.S_ISVTX or (names and MARKS.isdisjoint(names)):
            raise FleetmeterError(
                f"{folder} is open to other users and holds files that are not fleetmeter's",
                hint="set FLEETMETER_HOME to a folder of its own, or close this one with `chmod 700`",
            )
        os.chmod(folder, 0o700)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FleetmeterError(
            f"{folder} may not be written: nothing can be recorded there",
            hint=f"give it back its permissions with `chmod 700 {folder}`, or set FLEETMETER_HOME to another folder",
        )


def unusable(path: str, what: str, error: OSError) -> FleetmeterError:
    """The error for a person where the system refuses the data folder, or something above it."""
    return FleetmeterError(
        f"{path} {what}: {error.strerror}",
        hint="check the owner and the permissions of all folders above it, or set FLEETMETER_HOME to another place",
    )


def make_folder(folder: str) -> bool:
    """Make a private folder; false if something of that name is there already."""
    parent = os.path.dirname(folder)
    if parent:
        os.makedirs(parent, exist_ok=True)
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        return False
    os.chmod(folder, 0o700)  # a strange umask may have taken bits of ours away
    return True


def create_private(path: StrPath) -> int:
    """A new file of mode 0600, open for reading and writing. Whatever has the name already is an error."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def close_to_others(home: StrPath) -> None:
    """Take wider modes from the files that fleetmeter made: a backup restored by hand, an older umask."""
    for folder in (os.fspath(home), os.path.join(home, BACKUPS)):
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.name.startswith("fleetmeter") or entry.name == "device":
                _close(entry)
    backups = os.path.join(home, BACKUPS)
    if os.path.isdir(backups) and os.stat(backups).st_mode & 0o077:
        os.chmod(backups, 0o700)


def sync_folder(folder: StrPath) -> None:
    """A rename survives a power cut only after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _close(entry: "os.DirEntry[str]") -> None:
    try:
        found = entry.stat(follow_symlinks=False)
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISSOCK(found.st_mode)):
            return
        _refuse_stranger(entry.path, found)
        if found.st_mode & 0o077:
            os.chmod(entry.path, 0o600)
    except FileNotFoundError:
        return  # SQLite removes its -wal and -shm when another process closes


def _refuse_stranger(path: str, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise FleetmeterError(
            f"{path} belongs to another user (uid {found.st_uid})",
            hint="run fleetmeter as that user, or set FLEETMETER_HOME to a folder of your own",
        )
