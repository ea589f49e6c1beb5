"""A database and its write-ahead log, seen as one file: what is committed lies in the log first, often for hours."""

import os

from store.sources import Seen, seen_of

LOG = b"-wal"
JOURNAL = b"-journal"
INDEX = b"-shm"


def seen_with_log(raw_path: bytes, found: os.stat_result) -> Seen:
    """What a stat of both says: growth of either is news. Of the log the time of change tells nothing: for root, SQLite
    sets it by opening to read."""
    seen = seen_of(found)
    try:
        log = os.stat(raw_path + LOG, follow_symlinks=False)
    except OSError:
        return seen
    return seen._replace(
        size=seen.size + log.st_size,
        mtime_ns=max(seen.mtime_ns, log.st_mtime_ns),
        ctime_ns=max(seen.ctime_ns, log.st_mtime_ns),
    )


def is_at_rest(raw_path: bytes) -> bool:
    """Whether nothing is written beside the database: all that is committed lies in its own file."""
    for name in (LOG, JOURNAL):
        try:
            if os.stat(raw_path + name, follow_symlinks=False).st_size:
                return False
        except FileNotFoundError:
            continue
    return True


def has_index(raw_path: bytes) -> bool:
    """Whether the index of the log is there, which a writer makes and keeps."""
    return os.path.lexists(raw_path + INDEX)
