"""What is meant by a name: pure, of the names that are recorded."""

from collections.abc import Sequence


def exact(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The one of that name, whatever its case."""
    return tuple(name for name in names if name.lower() == text.lower())


def like(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The one of that name, or else all that have it in theirs."""
    return (text,) if text in names else tuple(name for name in names if text and text.lower() in name.lower())


def project(text: str, paths: Sequence[str]) -> tuple[str, ...]:
    """By its path, or else by its last name, or else by a part of that."""
    wanted = text.lower().rstrip("/")
    last = {path: path.rstrip("/").rpartition("/")[2].lower() for path in paths}
    for found in (
        [path for path in paths if path == text or (wanted and path.rstrip("/").lower() == wanted)],
        [path for path, name in last.items() if wanted and name == wanted],
        [path for path, name in last.items() if wanted and wanted in name],
    ):
        if found:
            return tuple(found)
    return ()
