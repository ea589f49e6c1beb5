"""OpenCode: where its database is, and how it is read. The readers are imported only when there is news.

Versions since 2026 keep everything in one database: sessions, messages and their parts in tables whose rows change in
place, and in newer versions a log of events, of which old ones are pruned. Older ones wrote a file for each thing; of
those, the sessions and the answers are read. The database is made from these files once, so both may tell the same.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import DATABASE, Layout, Lines, Past, Shown, Source, Tells, no, partly, yes
from store.programs import Program

if TYPE_CHECKING:
    from store.batch import Batch

STORAGE = {b"session": "session", b"message": "message"}

TELLS = Tells(
    forks=yes("by the messages that they copy"),
    tokens=yes("with cache writes"),
    reasoning=yes(),
    cost=yes("as it reckons it, where it knows a price"),
    prompts=partly("not of versions before its database"),
    replies=partly("not of versions before its database"),
    tools=partly("not of versions before its database"),
    durations=yes(),
    files=partly("with lines; not of versions before its database"),
    subagents=yes("each in a session of its own"),
    compactions=partly("when and why, not before and after"),
    turns=no(),
    limits=no(),
    never=(
        "the call that makes the title",
        "what an answer cost that was interrupted",
    ),
)


PROGRAM = Program(
    "opencode",
    names=("opencode", "opencode.exe"),
    scripts=("opencode",),
    places=("/.opencode/bin/",),
    launchers=("opencode", "opencode.exe"),
    servers=("serve", "web", "acp"),
    headless=("run",),
    resumes=("opencode", "--session"),
)


class OpenCode:
    agent = "opencode"
    name = "OpenCode"
    tells = TELLS
    program = PROGRAM
    version = 1

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """The data folders: that of this shell, the usual one, and the one of a database named by hand."""
        data = environ.get("XDG_DATA_HOME")
        found = [os.path.join(data, "opencode")] if data else []
        found.append(os.path.join(user, ".local", "share", "opencode"))
        database = environ.get("OPENCODE_DB", "")
        return [*found, os.path.dirname(database)] if os.path.isabs(database) else found

    def trees(self, root: str) -> list[str]:
        return [root]

    def skips(self, folder: bytes) -> bool:
        """Folders that are not walked: beside the database lie logs, programs and whole repositories of snapshots."""
        names = folder.split(b"/")[1:]
        return names[0] != b"storage" or (len(names) > 1 and names[1] not in STORAGE)

    def kind(self, path: bytes) -> str | None:
        """What a file below the root is: a database (each release channel has its own), or a file of old versions."""
        folders = path.split(b"/")[1:]
        if len(folders) == 1:
            name = folders[0]
            return DATABASE if name.startswith(b"opencode") and name.endswith(b".db") else None
        if len(folders) == 4 and folders[0] == b"storage" and path.endswith(b".json"):
            return STORAGE.get(folders[1])
        return None

    def is_whole(self, kind: str) -> bool:
        """Whether a file is read in one piece, as one record that its next version replaces."""
        return kind != DATABASE

    def layout(self, tables: frozenset[str]) -> Layout:
        from collector.sources.opencode_layout import layout

        return layout(tables)

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.opencode_rows import Reader

        return Reader(generation_id)

    def edits(self) -> Shown:
        from collector.sources.opencode_edits import Edits

        return Edits()

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        from collector.sources.opencode_rows import take_file

        take_file(kind, path, content, out)


SOURCE: Source = OpenCode()
