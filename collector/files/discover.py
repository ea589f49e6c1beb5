"""Which files there are: the roots of every agent, walked without following a link. Costs one stat a file."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from collector.files.wal import seen_with_log
from collector.sources import DATABASE, Source
from store import feed
from store.config import Config
from store.sources import Seen, seen_of

CLOSED = ("folder", "link")  # kinds of what is not looked into: it says nothing of the files that were known below it


class Found(NamedTuple):
    """A path that a source wants to read. problem says why it cannot be."""

    raw_path: bytes
    kind: str
    seen: Seen
    problem: str | None


class Root(NamedTuple):
    """One configuration folder of an agent: an account, and the trees that are walked. might: those it may have."""

    source: Source
    path: str
    name: str
    trees: tuple[str, ...]
    might: tuple[str, ...]


def roots(home: str, sources: list[Source], config: Config, environ: Mapping[str, str], user: str) -> list[Root]:
    """Every root, once, whatever names lead to it. What its programs send is a tree of it too, in our own home."""
    found: list[Root] = []
    for source in sources:
        known: set[str] = set()
        for path in [*source.roots(environ, user), *config.roots.get(source.agent, ())]:
            real = os.path.realpath(path)
            if real in known:
                continue
            known.add(real)
            own = [feed.tree(home, source.agent, real)] if source.kind(b"/" + feed.RAW_ENDING) else []
            trees = tuple(dict.fromkeys(os.path.realpath(tree) for tree in [*source.trees(real), *own]))
            name = config.accounts.get(path) or config.accounts.get(real) or os.path.basename(path.rstrip("/"))
            found.append(Root(source, real, name, tuple(tree for tree in trees if os.path.exists(tree)), trees))
    return found


def walk(
    tree: str, kind_of: Callable[[bytes], str | None], skips: Callable[[bytes], bool] | None = None
) -> Iterator[Found]:
    """The wanted files below a tree, the folders that could not be looked into, and the links that are not followed.

    A link may be a folder's: to ask where it leads would be to follow it, and could wait for ever on a dead disk.
    """
    top = os.fsencode(tree)
    waiting, base = [top], len(top)
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            kind = kind_of(b"") if folder == top else None
            if kind is not None:
                yield from _alone(folder, kind)
            elif not isinstance(error, FileNotFoundError):
                yield Found(folder, "folder", Seen(0, 0, 0, 0, 0), error.strerror)
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if skips is None or not skips(entry.path[base:]):
                        waiting.append(entry.path)
                    continue
                kind = kind_of(entry.path[base:]) or ("link" if entry.is_symlink() else None)
                if kind is None:
                    continue
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # it vanished between the listing and the look
            seen = seen_with_log(entry.path, found) if kind == DATABASE else seen_of(found)
            yield Found(entry.path, kind, seen, _problem(found.st_mode))


def _alone(raw_path: bytes, kind: str) -> Iterator[Found]:
    """A tree that is one file."""
    try:
        found = os.lstat(raw_path)
    except OSError:
        return  # it vanished
    yield Found(raw_path, kind, seen_of(found), _problem(found.st_mode))


def missing_trees(places: list[Root]) -> dict[bytes, str | None]:
    """The trees that cannot be walked, and why: a disk that is not mounted, a root that was removed, no permission."""
    found: dict[bytes, str | None] = {}
    for place in places:
        for tree in place.might:
            if tree not in place.trees:
                try:
                    os.listdir(tree)
                except OSError as error:
                    found[os.fsencode(tree)] = error.strerror
    return found


def shown(raw_path: bytes) -> str:
    """A path as text: what is no UTF-8 in it is written as escapes."""
    return raw_path.decode("utf-8", "backslashreplace")


def _problem(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    return "a symbolic link: not followed" if stat.S_ISLNK(mode) else "not a regular file"
