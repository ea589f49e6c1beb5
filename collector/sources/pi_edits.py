"""What Pi's tools changed in files: the diff of a result, each line with its number, else what was asked for."""

import re
from collections.abc import Iterator

from msgspec import Raw, Struct, field

from collector.lines.asked_edits import AskedEdit, edit_of
from collector.lines.hunks import hunk
from collector.lines.parts import Id
from collector.sources.pi_session import ACTIONS
from collector.sources.pi_wire import Details
from store.edit import Edit, Hunk

NUMBERED = re.compile(r"([+\- ]) *(\d{1,9})(?: (.*))?$")


class Block(Struct, gc=False):
    type: Id | None = None
    id: Id | None = None
    name: Id | None = None
    arguments: AskedEdit | None = None


class Message(Struct, gc=False):
    content: list[Block] | str | None = None
    call_id: Id | None = field(default=None, name="toolCallId")
    is_error: bool | None = field(default=None, name="isError")
    details: Details | str | list[Raw] | None = None


class Entry(Struct, gc=False):
    id: Id | None = None
    message: Message | None = None


class Edits:
    """The reader of one file. A result names no path: that of its call is kept in mind."""

    shape = Entry

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}

    def take(self, line: Entry) -> Iterator[tuple[str, Edit, bool]]:
        message = line.message
        if message is None:
            return
        for place, block in enumerate(message.content if isinstance(message.content, list) else ()):
            asked = edit_of(block.arguments) if ACTIONS.get(block.name or "", "read") != "read" else None
            if asked is not None:
                call_id = block.id or f"{line.id}.{place}"
                self.paths[call_id] = asked.path
                yield call_id, asked, False
        details = message.details
        if message.call_id in self.paths and isinstance(details, Details) and details.diff and not message.is_error:
            yield message.call_id, Edit(self.paths[message.call_id], tuple(_hunks(details.diff))), True


def _hunks(diff: str) -> Iterator[Hunk]:
    """Lines with numbers; between those that are far apart stands a line of dots."""
    own, firsts = list[str](), dict[bool, int]()
    for line in [*diff.split("\n"), ""]:
        found = NUMBERED.match(line)
        if found:
            is_new = found[1] == "+"
            before = sum(one[:1] in ("+ " if is_new else "- ") for one in own)
            firsts.setdefault(is_new, int(found[2]) - before)
            own.append(f"{found[1]}{found[3] or ''}")
        elif own:
            yield hunk(own, firsts.get(False), firsts.get(True, firsts.get(False)))
            own, firsts = [], {}
