"""Entries of ours in a settings file of JSON: put in, taken out, and looked for. Text in, text out; no file is touched.

original is what the file said before the first of ours: a list or an object that stood there empty stays, empty again.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from collector.settings.json_text import Edit, Node, Style, added, applied, dropped, scan, style_of, value_of
from collector.settings.wanted import Place, Wanted
from collector.settings.wrapped import unwrapped, wrapped

BOM = "\ufeff"
OURS_BESIDE = frozenset({"matcher"})
"""What a group of ours may have besides its hooks."""


class Taken(ValueError):
    """Something of the user's stands where ours should."""


class Standing:
    """What a file has of ours."""

    NONE, OTHER, WHOLE = "not installed", "installed in part, or by another version", "installed"
    ELSE = "installed, the other way: with or without `--http`"


def installed(text: str, wanted: Wanted, original: str) -> str:
    """The text with our entries, those of other versions replaced."""
    if standing(text, wanted) == Standing.WHOLE:
        return text
    text = uninstalled(text, wanted, original)
    mark, body = _parted(text)
    if not body.strip():
        style = style_of(body)
        body = "{}" + style.newline
    root = _root(body)
    edits = list(_puts(body, root, wanted, style_of(body)))
    return mark + applied(body, edits)


def uninstalled(text: str, wanted: Wanted, original: str) -> str:
    """The text without any entry of ours."""
    mark, body = _parted(text)
    if not body.strip():
        return text
    root, before = _root(body), _Original(_parted(original)[1])
    edits = list(_drops(body, root, wanted, before))
    body = applied(body, edits)
    if edits and not _parted(original)[1].strip() and not _root(body).items:
        return original
    return mark + body


def standing(text: str, wanted: Wanted) -> str:
    """Whether our entries are there, as they should be."""
    _, body = _parted(text)
    if not body.strip():
        return Standing.NONE
    root = _root(body)
    found = list(_ours(body, root, wanted))
    if not found:
        return Standing.NONE
    is_whole = len(found) == len(wanted.lists) + len(wanted.members)
    return Standing.WHOLE if is_whole and all(_is_right(*entry, wanted) for entry in found) else Standing.OTHER


def _is_right(place: Place, value: Any, wanted: Wanted) -> bool:
    if place != wanted.wraps:
        return value == (wanted.lists[place] if place in wanted.lists else wanted.members.get(place))
    command, ours = str(value["command"]), wanted.members[place]["command"]
    return command == ours or command.startswith(f"{ours} -- ")


def _parted(text: str) -> tuple[str, str]:
    return (BOM, text[1:]) if text.startswith(BOM) else ("", text)


def _root(body: str) -> Node:
    root = scan(body)
    if root.kind != "{":
        raise Taken("its top is not an object")
    return root


class _Original:
    """What stood in the file before."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._root = scan(body) if body.strip() else None

    def has(self, place: Place) -> bool:
        return self._root is not None and self._root.at(place) is not None

    def inside(self, place: Place) -> str:
        """What stood between the brackets of something that was empty."""
        node = self._root.at(place) if self._root is not None else None
        return self._body[node.start + 1 : node.end - 1] if node is not None and node.kind and not node.items else ""


def _ours(body: str, root: Node, wanted: Wanted) -> Iterator[tuple[Place, Any]]:
    """Each entry of ours with its place, wherever it stands: also where this version would have none."""
    for top in {place[0]: None for place in wanted.lists}:
        node = root.get(top)
        for item in node.items if node is not None else ():
            if item.value.kind == "[":
                groups = [value_of(body, group.value) for group in item.value.items]
                yield from (((top, item.key), group) for group in groups if _has_ours(group, wanted, (top, item.key)))
    for place in wanted.members if _is_marked(body, root, wanted) else ():
        node = root.at(place)
        if node is not None and wanted.is_ours(place, value := value_of(body, node)):
            yield place, value


def _is_marked(body: str, root: Node, wanted: Wanted) -> bool:
    node = root.at(wanted.mark) if wanted.mark else None
    return wanted.mark is None or (node is not None and wanted.is_ours(wanted.mark, value_of(body, node)))


def _has_ours(group: Any, wanted: Wanted, place: Place) -> bool:
    inner = group.get(place[0]) if isinstance(group, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - foreign
    return isinstance(inner, list) and any(map(partial(wanted.is_ours, place), inner))  # pyright: ignore[reportUnknownArgumentType] - foreign


# -- putting in


def _puts(body: str, root: Node, wanted: Wanted, style: Style) -> Iterator[Edit]:
    tops: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for place, value in wanted.lists.items():
        inside.setdefault(place[0], {})[place[1]] = [value]
    for place, value in wanted.members.items():
        node = root.at(place)
        if node is not None and place == wanted.wraps:
            yield _wrap(body, node, value["command"], place)
        elif node is not None:
            if value_of(body, node) != value:
                raise Taken(f"it sets {'.'.join(place)} already, to something else")
        elif len(place) == 1:
            tops[place[0]] = value
        else:
            inside.setdefault(place[0], {})[place[1]] = value
    for top, values in inside.items():
        node = root.get(top)
        if node is None:
            tops[top] = values
        else:
            yield from _puts_inside(body, top, node, values, style)
    if tops:
        yield from added(body, root, list(tops.items()), style)


def _puts_inside(body: str, top: str, node: Node, values: dict[str, Any], style: Style) -> Iterator[Edit]:
    if node.kind != "{":
        raise Taken(f"its `{top}` is not an object")
    missing: list[tuple[str | None, Any]] = []
    for key, value in values.items():
        there = node.get(key)
        if there is None:
            missing.append((key, value))
        elif there.kind != "[" or not isinstance(value, list):
            raise Taken(f"its `{top}.{key}` is not a list")
        else:
            yield from added(body, there, [(None, element) for element in value], style)  # pyright: ignore[reportUnknownVariableType] - ours
    if missing:
        yield from added(body, node, missing, style)


def _wrap(body: str, node: Node, ours: str, place: Place) -> Edit:
    command = node.get("command") if node.kind == "{" else None
    if command is None or body[command.start] != '"':
        raise Taken(f"its `{'.'.join(place)}` runs no command")
    return command.start + 1, command.end - 1, wrapped(ours, body[command.start + 1 : command.end - 1])


# -- taking out


def _drops(body: str, root: Node, wanted: Wanted, before: _Original) -> Iterator[Edit]:
    doomed: set[int] = set()
    for number, item in enumerate(root.items if _is_marked(body, root, wanted) else ()):
        place = (item.key,)
        if any(list_place[0] == item.key for list_place in wanted.lists):
            edits = list(_drops_below(body, item.value, wanted, before, place))
        elif place in wanted.members and wanted.is_ours(place, value_of(body, item.value)):
            edits = [_unwrap(body, item.value)] if place == wanted.wraps else [None]
        else:
            ours = {
                n for n, one in enumerate(item.value.items)
                if (below := (item.key, one.key)) in wanted.members and not before.has(below)
                and wanted.is_ours(below, value_of(body, one.value))
            }  # fmt: skip
            edits = list(_less(body, item.value, ours, before, place)) if ours else []
        if None in edits:
            doomed.add(number)
        else:
            yield from (edit for edit in edits if edit is not None)
    if len(doomed) == len(root.items) > 0:
        yield root.start + 1, root.end - 1, before.inside(())
    elif doomed:
        yield from dropped(body, root, doomed)


def _unwrap(body: str, node: Node) -> Edit | None:
    """The command that was there before, back in its place; None where there was none."""
    command = node.get("command")
    if command is None:
        return None
    raw = unwrapped(body[command.start + 1 : command.end - 1])
    return None if raw is None else (command.start + 1, command.end - 1, raw)


def _less(body: str, node: Node, doomed: set[int], before: _Original, place: Place) -> Iterator[Edit | None]:
    """A container without some of its items. None: it goes as well, for it was not there before."""
    if len(doomed) < len(node.items):
        yield from dropped(body, node, doomed)
    elif before.has(place):
        yield node.start + 1, node.end - 1, before.inside(place)
    else:
        yield None


def _drops_below(body: str, node: Node, wanted: Wanted, before: _Original, place: Place) -> Iterator[Edit | None]:
    """In the object that has the lists: of each its groups, of each group its hooks."""
    doomed: set[int] = set()
    for number, item in enumerate(node.items):
        if item.value.kind == "[":
            edits = list(_drops_groups(body, item.value, wanted, before, (*place, item.key)))
            if None in edits:
                doomed.add(number)
            else:
                yield from edits
    if doomed:
        yield from _less(body, node, doomed, before, place)


def _drops_groups(body: str, node: Node, wanted: Wanted, before: _Original, place: Place) -> Iterator[Edit | None]:
    doomed: set[int] = set()
    for number, group in enumerate(node.items):
        hooks = group.value.get(place[0]) if group.value.kind == "{" else None
        if hooks is None or hooks.kind != "[":
            continue
        ours = {n for n, one in enumerate(hooks.items) if wanted.is_ours(place, value_of(body, one.value))}
        beside = {item.key for item in group.value.items} - {place[0]}
        if ours and len(ours) == len(hooks.items) and beside <= OURS_BESIDE:
            doomed.add(number)
        elif ours and len(ours) < len(hooks.items):
            yield from dropped(body, hooks, ours)
        elif ours:
            yield hooks.start + 1, hooks.end - 1, ""
    if doomed:
        yield from _less(body, node, doomed, before, place)
