"""What Gemini CLI's tools changed in files: the diff that is shown of it, else what was asked for."""

from collections.abc import Iterator

from msgspec import Raw, Struct, field

from collector.lines.asked_edits import AskedEdit, edit_of, edit_shown
from collector.lines.parts import Id
from collector.sources.gemini_chat import ACTIONS
from store.edit import Edit


class Call(Struct, gc=False):
    id: Id | None = None
    name: Id | None = None
    args: AskedEdit | None = None
    status: Id | None = None
    display: Raw = field(default=Raw(), name="resultDisplay")


class Line(Struct, gc=False):
    id: Id | None = None
    calls: list[Call] | None = field(default=None, name="toolCalls")


class Edits:
    """The reader of one file."""

    shape = Line

    def take(self, line: Line) -> Iterator[tuple[str, Edit, bool]]:
        for place, call in enumerate(line.calls or ()):
            asked = edit_of(call.args) if ACTIONS.get(call.name or "", "read") != "read" else None
            if asked is None:
                continue
            call_id = call.id or f"{line.id}.{place}"
            yield call_id, asked, False
            shown = edit_shown(call.display, asked.path) if call.status == "success" else None
            if shown is not None:
                yield call_id, shown, True
