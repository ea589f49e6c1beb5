"""What only the archive still holds is recorded again from it, where the database was lost: a file at a time.

That is files that are gone, and what stood in others before they were written anew.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import groupby
from typing import Any

from collector.archive.again import begun, told
from collector.archive.archiving import know_store
from collector.archive.replay import Missing
from collector.files.tail import Unreadable, open_file
from collector.recording.read import Job, Reading
from collector.sources import DATABASE, Source, all_sources
from store import archive, remake
from store import kept as keeping
from store.blocks import Damaged
from store.database import transaction
from store.families import Part
from store.home import StrPath
from store.kept import Kept
from store.lock import hold
from store.only import only
from store.recovery import account_of, adopt, candidates, finish, known_at, past_generation
from store.sources import Known, add_generation, add_source, past_records
from store.write import Portion, write

LOCK_WAIT_S = 10.0


class Recovery:
    """The files that the archive holds and the database does not know. Until it is closed it has the archive's lock."""

    def __init__(self, connection: sqlite3.Connection, home: StrPath, device: int) -> None:
        self._connection, self._device, self._stack = connection, device, ExitStack()
        self._files = deque[list[Kept]]()
        self._sources = {source.agent: source for source in all_sources()}
        if not archive.exists(home):
            return
        self._stack.enter_context(hold(home, "recovering", name=archive.LOCK, wait_s=LOCK_WAIT_S))
        self._archive = self._stack.enter_context(closing(archive.open_archive(home)))
        archive.attach_store(self._archive, home)
        know_store(self._archive)
        for _, kept in groupby(candidates(self._archive), key=lambda one: one.raw_path):
            self._files.append(list(kept))

    @property
    def waiting(self) -> int:
        return len(self._files)

    def step(self) -> None:
        """Record all generations of one file."""
        kept = self._files.popleft()
        source = self._sources.get(kept[0].agent)
        if source is None:
            return
        try:
            with transaction(self._connection):
                self._record(source, kept)
        except Missing:
            return  # damaged: `verify` tells of it

    def close(self) -> None:
        self._stack.close()

    def _record(self, source: Source, kept: list[Kept]) -> None:
        first = kept[0]
        account = account_of(self._connection, self._device, first.agent, first.root)
        shown = first.raw_path.decode("utf-8", "backslashreplace")
        there = known_at(self._connection, first.raw_path)
        pruned = remake.pruned(self._connection)

        def add(portion: Portion) -> None:
            if portion.troubles:
                raise Missing(portion.troubles[0].reason)
            rows = only(portion.rows, lambda id_: (account, id_) not in pruned)
            write(self._connection, Portion(rows, portion.advances, [], portion.bytes))

        if there is not None:
            self._record_past(source, kept, there, shown, add)
            return
        known = add_source(self._connection, account, first.raw_path, shown, first.kind)
        for number, one in enumerate(kept):
            if number:
                known = known._replace(generation_id=add_generation(self._connection, known.source_id))
            self._one(source, one, known, shown, add)
        finish(self._connection, known, kept[-1])

    def _record_past(
        self, source: Source, kept: list[Kept], there: Known, shown: str, add: Callable[[Portion], Any]
    ) -> None:
        """Of a file that is there: what stood in it before, as far as that is not how it begins now."""
        if there.kind == DATABASE or there.state == "pruned" or source.is_whole(there.kind):
            return  # what is in it now is the whole truth of it
        before = remake.standing(self._connection, [there.source_id])
        for one in kept:
            if not self._stands(one):
                self._one(source, one, past_generation(self._connection, there), shown, add)
        remake.put_back(self._connection, before)

    def _stands(self, one: Kept) -> bool:
        """Whether the file begins with what is kept."""
        try:
            descriptor, _ = open_file(one.raw_path)
        except Unreadable:
            return False
        try:
            place = 0
            for piece in keeping.content(self._archive, one):
                if os.pread(descriptor, len(piece), place) != piece:
                    return False
                place += len(piece)
        except (Damaged, OSError):
            return True  # nothing can be made of it
        finally:
            os.close(descriptor)
        return True

    def _one(self, source: Source, one: Kept, known: Known, shown: str, add: Callable[[Portion], Any]) -> None:
        adopt(self._archive, one, known)
        reading = Reading(add, lambda generation: lambda most: past_records(self._connection, generation, most))
        part = Part(known._replace(cursor=one.covers, size=one.length), False, 1, 1, False)
        job = Job(source.agent, begun(known), shown, one.mtime_ns or 0, one.length)
        is_whole = source.is_whole(one.kind)
        with told(part, self._connection, self._archive, is_whole=is_whole) as content:
            reading.again(job, content)
        reading.flush()


def recover(connection: sqlite3.Connection, home: StrPath, device: int) -> int:
    """All of it, in one go; gives how many files that were."""
    with closing(Recovery(connection, home, device)) as everything:
        files = everything.waiting
        while everything.waiting:
            everything.step()
    return files
