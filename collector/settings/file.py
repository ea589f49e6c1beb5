"""A settings file on disk: read whole, and replaced in one step by a file of the same mode and owner, or not at all."""

import os
import stat
import time
from contextlib import suppress
from typing import NamedTuple
from zlib import crc32

from store.errors import FleetmeterError
from store.home import StrPath, create_private, make_folder, sync_folder

LARGEST = 16 << 20
FOLDER = "settings"
KEPT = 20
ORIGINAL, ABSENT, KIND = "original", "absent", "with-"


class Refused(FleetmeterError):
    """The file is left as it is."""


class Held(NamedTuple):
    """What a file holds. path: where it really lies; content: None where there is no file."""

    path: str
    content: bytes | None


def hold(path: str, fences: tuple[str, ...]) -> Held:
    """Read it. A link is followed only into one of these folders."""
    real = os.path.realpath(path)
    if os.path.islink(path) and not any(_is_below(real, os.path.realpath(fence)) for fence in fences):
        raise Refused(
            f"{path} is a symbolic link out of your home, to {real}: it was not touched",
            hint="change that file by hand: `--dry-run` shows what belongs into it",
        )
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Held(real, None)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}", hint="check its owner and permissions") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(f"{path} is not a regular file", hint="move it away")
        if found.st_size > LARGEST:
            raise Refused(f"{path} is larger than any settings are: it was not touched", hint="look into it")
        with open(descriptor, "rb", closefd=False) as file:
            return Held(real, file.read(LARGEST + 1))
    finally:
        os.close(descriptor)


def refuse_unwritable(held: Held) -> None:
    """Say before anything is asked that it could not be written."""
    folder = os.path.dirname(held.path)
    if held.content is None and not os.path.isdir(folder):
        folder = os.path.dirname(folder)  # a project that has no settings of its own yet
    try:
        found = os.stat(held.path) if held.content is not None else os.stat(folder)
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}", hint="start the agent once: it makes its folder") from error
    if found.st_uid != os.geteuid():
        raise Refused(f"{held.path} belongs to another user (uid {found.st_uid})", hint="run this as that user")
    if not found.st_mode & stat.S_IWUSR:
        raise Refused(
            f"{held.path} is read-only: it was not touched", hint=f"`chmod u+w {held.path}` makes it writable"
        )
    if not os.access(folder, os.W_OK | os.X_OK) or os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise Refused(
            f"{folder} is read-only: nothing in it was touched", hint="give yourself the right to write there"
        )


def replace(held: Held, content: bytes | None) -> None:
    """Put the new content in its place; None removes the file. Whoever looks sees the old or the new one, whole."""
    folder, name = os.path.split(held.path)
    if content is None:
        os.unlink(held.path)
        sync_folder(folder)
        return
    beside = os.path.join(folder, f".{name}.fleetmeter")
    if held.content is None:
        make_folder(folder)
    _remove(beside)  # of one that was killed: nobody else may be here
    descriptor = create_private(beside)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        _like(descriptor, held)
        os.fsync(descriptor)
        now = hold(held.path, (folder,))
        if now.content != held.content:
            raise Refused(f"{held.path} was changed meanwhile: it was not touched", hint="run it again")
        os.rename(beside, held.path)
    except BaseException:
        os.unlink(beside)
        raise
    finally:
        os.close(descriptor)
    sync_folder(folder)


def _like(descriptor: int, held: Held) -> None:
    if held.content is None:
        return
    found = os.stat(held.path)
    if (found.st_uid, found.st_gid) != (os.geteuid(), os.fstat(descriptor).st_gid):
        os.fchown(descriptor, found.st_uid, found.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(found.st_mode))


def _is_below(path: str, folder: str) -> bool:
    return os.path.commonpath((path, folder)) == folder


# -- what was there before


class Before(NamedTuple):
    """Our copies of one settings file, in the data folder."""

    folder: str

    def original(self) -> bytes | None:
        """What it held before the first entry of ours; nothing where there was no file, None where nobody knows."""
        try:
            with open(os.path.join(self.folder, ORIGINAL), "rb") as file:
                return file.read()
        except OSError:
            return b"" if self.was_absent() else None

    def was_absent(self) -> bool:
        return os.path.exists(os.path.join(self.folder, ABSENT))

    def keep(self, content: bytes | None, *, is_original: bool) -> None:
        """Keep it before it is changed."""
        make_folder(os.path.dirname(self.folder))
        make_folder(self.folder)
        if is_original:
            for name in (ORIGINAL, ABSENT):
                _remove(os.path.join(self.folder, name))
            self._write(ORIGINAL if content is not None else ABSENT, content or b"")
        if content is not None:
            self._write(f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{time.time_ns() % 10**9:09d}", content)
        for name in sorted(name for name in os.listdir(self.folder) if name[0].isdigit())[:-KEPT]:
            os.unlink(os.path.join(self.folder, name))

    def kinds(self) -> set[str]:
        """The kinds of entries that were put in and not taken out."""
        try:
            return {name.removeprefix(KIND) for name in os.listdir(self.folder) if name.startswith(KIND)}
        except FileNotFoundError:
            return set()

    def mark(self, kind: str, *, is_there: bool) -> None:
        """Note that entries of a kind are there now, or are not."""
        if is_there:
            self._write(KIND + kind, b"")
        else:
            _remove(os.path.join(self.folder, KIND + kind))

    def _write(self, name: str, content: bytes) -> None:
        path = os.path.join(self.folder, name)
        _remove(f"{path}.new")  # of one that was killed
        descriptor = create_private(f"{path}.new")
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(f"{path}.new", path)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def before(home: StrPath, real: str) -> Before:
    name = f"{crc32(os.fsencode(real)):08x}-{os.path.basename(real)}"
    return Before(os.path.join(home, FOLDER, name))
