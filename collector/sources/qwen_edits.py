"""What Qwen Code's tools changed in files: the diff that is shown of it, else what was asked for."""

from collections.abc import Iterator

from msgspec import Raw, Struct, field

from collector.lines.asked_edits import AskedEdit, edit_of, edit_shown
from collector.lines.parts import Id
from collector.sources.qwen_chat import ACTIONS
from store.edit import Edit


class Asking(Struct, gc=False):
    id: Id | None = None
    name: Id | None = None
    args: AskedEdit | None = None


class Part(Struct, gc=False):
    call: Asking | None = field(default=None, name="functionCall")


class Message(Struct, gc=False):
    parts: list[Part] | None = None


class Result(Struct, gc=False):
    call_id: Id | None = field(default=None, name="callId")
    status: Id | None = None
    display: Raw = field(default=Raw(), name="resultDisplay")


class Line(Struct, gc=False):
    uuid: Id | None = None
    message: Message | None = None
    result: Result | None = field(default=None, name="toolCallResult")


class Edits:
    """The reader of one file. A result names no path: that of its call is kept in mind."""

    shape = Line

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}

    def take(self, line: Line) -> Iterator[tuple[str, Edit, bool]]:
        for place, part in enumerate((line.message.parts if line.message is not None else None) or ()):
            call = part.call
            asked = edit_of(call.args) if call and ACTIONS.get(call.name or "", "read") != "read" else None
            if call is not None and asked is not None:
                call_id = call.id or f"{line.uuid}.{place}"
                self.paths[call_id] = asked.path
                yield call_id, asked, False
        result = line.result
        if result is not None and result.call_id in self.paths and result.status == "success":
            shown = edit_shown(result.display, self.paths[result.call_id])
            if shown is not None:
                yield result.call_id, shown, True
