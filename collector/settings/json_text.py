"""JSON as text: where each value stands, and edits that leave every other byte as it was. Comments are let stand."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

DEEPEST = 200
_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n([ \t]+)\S")


class Invalid(ValueError):
    """The text is no JSON: where, and why."""

    def __init__(self, text: str, at: int, why: str) -> None:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        super().__init__(f"line {line}, column {column}: {why}")


class Item(NamedTuple):
    """A member of an object, from its name on, or an element of a list; it ends where its value does."""

    key: str
    start: int
    value: "Node"


class Node:
    """A value and where it stands. kind: `{`, `[`, or nothing. comma: that of the last item, where one follows it."""

    __slots__ = ("comma", "end", "items", "kind", "start")

    def __init__(self, kind: str, start: int) -> None:
        self.kind, self.start, self.end, self.comma = kind, start, start, -1
        self.items: list[Item] = []

    def get(self, key: str) -> "Node | None":
        """The value of that name: of two, the later one, as every reader of JSON has it."""
        return next((item.value for item in reversed(self.items) if item.key == key), None)

    def at(self, place: Iterable[str]) -> "Node | None":
        node: Node | None = self
        for key in place:
            node = node.get(key) if node is not None and node.kind == "{" else None
        return node


Edit = tuple[int, int, str]


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, which may not overlap; those at one place come in their order."""
    parts: list[str] = []
    at = 0
    for start, end, words in sorted(edits, key=lambda edit: edit[:2]):
        parts += text[at:start], words
        at = end
    return "".join((*parts, text[at:]))


def value_of(text: str, node: Node) -> Any:
    """What a value is."""
    if node.kind == "{":
        return {item.key: value_of(text, item.value) for item in node.items}
    if node.kind == "[":
        return [value_of(text, item.value) for item in node.items]
    return json.loads(text[node.start : node.end])


def scan(text: str) -> Node:
    """The one value of a text."""
    node = _value(text, _after_space(text, 0), 0)
    end = _after_space(text, node.end)
    if end < len(text):
        raise Invalid(text, end, "more after the end")
    return node


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> Node:
    kind = text[at : at + 1]
    if kind in ("{", "["):
        return _container(text, Node(kind, at), depth + 1)
    found = (_STRING if kind == '"' else _SCALAR).match(text, at)
    if found is None:
        raise Invalid(text, at, "a string without an end" if kind == '"' else "no value" if kind else "it ends early")
    node = Node("", at)
    node.end = found.end()
    return node


def _container(text: str, node: Node, depth: int) -> Node:
    if depth > DEEPEST:
        raise Invalid(text, node.start, "nested too deeply")
    close = "}" if node.kind == "{" else "]"
    at = _after_space(text, node.start + 1)
    while text[at : at + 1] != close:
        if node.items and node.comma < 0:
            raise Invalid(text, at, f"neither a comma nor {close}")
        start, key = at, ""
        if node.kind == "{":
            found = _STRING.match(text, at)
            if found is None:
                raise Invalid(text, at, "no name of a member")
            key = json.loads(found.group())
            at = _after_space(text, found.end())
            if text[at : at + 1] != ":":
                raise Invalid(text, at, "no colon")
            at = _after_space(text, at + 1)
        value = _value(text, at, depth)
        node.items.append(Item(key, start, value))
        at = _after_space(text, value.end)
        node.comma = at if text[at : at + 1] == "," else -1
        if node.comma >= 0:
            at = _after_space(text, at + 1)
    node.end = at + 1
    return node


class Style(NamedTuple):
    """How a file is written. newline: nothing where all of it stands on one line."""

    newline: str
    unit: str
    space: str

    def dump(self, value: Any, indent: str | None) -> str:
        """A value, on lines of its own that begin with indent, or on one line."""
        comma, colon = f",{self.space}", f":{self.space}"
        if indent is None:
            return json.dumps(value, ensure_ascii=False, separators=(comma, colon))
        words = json.dumps(value, ensure_ascii=False, indent=self.unit, separators=(",", ": "))
        return words.replace("\n", self.newline + indent)


def style_of(text: str) -> Style:
    """Of an empty file: as most people have it."""
    body = text.strip()
    if "\n" not in body:
        is_packed = len(body) > 2 and not re.search(r"[:,] ", body)
        alone = "" if len(body) > 2 else "\r\n" if "\r\n" in text else "\n"
        return Style(alone, "  ", "" if is_packed else " ")
    found = _INDENT.search(text)
    return Style("\r\n" if "\r\n" in text else "\n", found[1] if found else "  ", " ")


def added(text: str, node: Node, items: list[tuple[str | None, Any]], style: Style) -> Iterator[Edit]:
    """Put items behind those that a container has; a list has no names."""
    tail_start = max(node.items[-1].value.end, node.comma + 1) if node.items else node.start + 1
    after = max((found.end() for found in _COMMENT.finditer(text, tail_start, node.end - 1)), default=tail_start)
    before = _before(text, node, style, is_after_comment=after > tail_start)
    indent = before.rpartition("\n")[2] if "\n" in before else None
    words = [
        before + (f"{json.dumps(key, ensure_ascii=False)}:{style.space}" if key is not None else "")
        + style.dump(value, indent)
        for key, value in items
    ]  # fmt: skip
    if node.items and node.comma < 0:
        yield node.items[-1].value.end, node.items[-1].value.end, ","
    last = "," if node.comma >= 0 else ""
    between = "," if before else f",{style.space}"
    if node.items:
        yield after, after, between.join(words) + last
    else:
        close = style.newline + _line_indent(text, node.start) if indent is not None else before
        yield after, node.end - 1, between.join(words) + close


def _before(text: str, node: Node, style: Style, *, is_after_comment: bool) -> str:
    """The space before a new item: that of the one before it."""
    if not node.items:
        return style.newline and style.newline + _line_indent(text, node.start) + style.unit
    last = node.items[-1].start
    space = text[len(text[:last].rstrip(" \t\r\n")) : last]
    if "\n" in space:
        return style.newline + space.rpartition("\n")[2]
    if is_after_comment:  # the comment may last to the end of its line
        return (style.newline or "\n") + _line_indent(text, last)
    return space if len(node.items) > 1 else style.space


def _line_indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def dropped(text: str, node: Node, doomed: set[int]) -> Iterator[Edit]:
    """Take items out of a container that keeps others: what `added` put there goes without a trace."""
    items, count = node.items, len(node.items)
    first = 0
    while first < count:
        if first not in doomed:
            first += 1
            continue
        last = first
        while last + 1 in doomed:
            last += 1
        if last + 1 < count:
            comment = _COMMENT.search(text, items[last].value.end, items[last + 1].start)
            yield items[first].start, comment.start() if comment else items[last + 1].start, ""
        else:
            yield from _tail_dropped(text, node, first)
        first = last + 1


def _tail_dropped(text: str, node: Node, first: int) -> Iterator[Edit]:
    kept, start = node.items[first - 1].value.end, node.items[first].start
    end = node.items[-1].value.end
    comments = list(_COMMENT.finditer(text, kept, start))
    comma = next(
        at for at in range(kept, start) if text[at] == "," and not any(c.start() <= at < c.end() for c in comments)
    )
    after = max((comment.end() for comment in comments), default=0)
    if node.comma >= 0:  # this comma was the last one's: it is again
        yield max(after, comma + 1), node.comma + 1, ""
    elif after > comma:
        yield comma, comma + 1, ""
        yield after, end, ""
    else:
        yield (comma if comments else kept), end, ""
