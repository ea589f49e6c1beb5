"""One change of one settings file: what it would be, and then made."""

import os
import tomllib
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from collector.files.discover import roots
from collector.settings import file, json_entries, toml_text
from collector.settings.json_entries import Standing, Taken
from collector.settings.json_text import Invalid
from collector.settings.wanted import HOOKS, TELEMETRY, Address, Configurable, Wanted, call
from collector.sources import all_sources
from store.config import NAME as CONFIG
from store.config import load
from store.errors import FleetmeterError
from store.home import prepare
from store.http_token import token
from store.locate import usual
from store.lock import hold as hold_lock

LOCK = "fleetmeter.settings.lock"
WAIT_S = 5.0
UTF8 = "utf-8"


class Target(NamedTuple):
    """A settings file of an agent, and what ought to stand in it."""

    what: str
    agent: str
    root: str
    wanted: Wanted
    fences: tuple[str, ...]
    other: Wanted | None = None
    """The same in another way, which is as good where it is there already."""


class Change(NamedTuple):
    """What a file holds, and what it would hold; standing: how much of ours is there now."""

    target: Target
    held: file.Held
    text: str
    after: str
    standing: str

    @property
    def is_needed(self) -> bool:
        return self.after != self.text


def targets(
    home: str, what: str, environ: Mapping[str, str], user: str, project: str | None, agents: tuple[str, ...] = (),
    *, is_http: bool = False, is_install: bool = True,
) -> list[Target]:  # fmt: skip
    """The files that entries of that kind belong into: of each agent that is there, in each of its folders."""
    sources = all_sources()
    found: list[Target] = []
    config = load(home, [source.agent for source in sources])
    port = config.telemetry.port
    if port is None and (is_http or (what == TELEMETRY and is_install)):
        raise FleetmeterError(
            "no port is set on which a collector could be told",
            hint=f"put `[telemetry]` and `port = 4328` into {os.path.join(home, CONFIG)}",
        )
    address = _address(home, port) if what == HOOKS and port is not None else None
    for root in roots(home, sources, config, environ, user):
        source = root.source
        if not isinstance(source, Configurable) or (agents and source.agent not in agents):
            continue
        if not os.path.isdir(root.path):
            continue
        words = call(source.agent, root.path, home, usual(), address, port)
        plain, posted = (source.wanted(what, root.path, project, one) for one in (words._replace(url=""), words))
        wanted, other = (posted, plain) if is_http else (plain, posted)
        if wanted is not None and wanted.path not in {target.wanted.path for target in found}:
            fences = (user, root.path, *([project] if project else []))
            found.append(Target(what, source.agent, root.path, wanted, fences, other))
    return found


def _address(home: str, port: int) -> Address | None:
    try:
        return Address(port, token(home))
    except OSError:
        return None  # there is no data folder yet


def agents_with(what: str) -> list[str]:
    """The agents that can have entries of that kind."""
    sources = [source for source in all_sources() if isinstance(source, Configurable)]
    return [source.agent for source in sources if source.wanted(what, "/", None, call(source.agent, "/", "/", "/"))]


def plan(home: str, target: Target, *, is_install: bool) -> Change:
    """What would be done. Who cannot be read, or has no place for it, is refused."""
    wanted = target.wanted
    held = file.hold(wanted.path, target.fences)
    try:
        text = (held.content or b"").decode(UTF8)
        kept = file.before(home, held.path).original()
        standing = _standing(text, target.what, wanted)
        if (
            standing == Standing.OTHER
            and target.other is not None
            and _standing(text, target.what, target.other) == Standing.WHOLE
        ):
            standing = Standing.ELSE
        original = text if standing == Standing.NONE else kept.decode(UTF8) if kept is not None else "{}"
        after = _after(text, target, original, is_install=is_install)
    except (Invalid, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise file.Refused(
            f"{wanted.path} is not valid: {_where(error)}", hint="mend it first: it was not touched"
        ) from error
    except Taken as error:
        raise file.Refused(
            f"{wanted.path} was not touched: {error}", hint="change it by hand, or take that out"
        ) from error
    return Change(target, held, text, after, standing)


def make(home: str, target: Target, shown: Change, *, is_install: bool) -> None:
    """Do what was shown, if it is still what would be done."""
    prepare(home)
    with hold_lock(home, "changing settings", wait_s=WAIT_S, name=LOCK):
        change = plan(home, target, is_install=is_install)
        if change.after != shown.after:
            raise file.Refused(f"{target.wanted.path} was changed meanwhile: it was not touched", hint="run it again")
        if not change.is_needed:
            return
        file.refuse_unwritable(change.held)
        before = file.before(home, change.held.path)
        is_first = not (before.kinds() - {target.what}) and change.standing == Standing.NONE
        before.keep(change.held.content, is_original=is_first)
        is_gone = not change.after and before.was_absent()
        file.replace(change.held, None if is_gone else change.after.encode(UTF8))
        before.mark(target.what, is_there=is_install)


def _block(what: str, wanted: Wanted) -> toml_text.Block:
    return toml_text.Block(what, wanted.tables, partial(wanted.is_ours, ()))


def _standing(text: str, what: str, wanted: Wanted) -> str:
    if wanted.tables:
        return toml_text.standing(text, _block(what, wanted))
    return json_entries.standing(text, wanted)


def _after(text: str, target: Target, original: str, *, is_install: bool) -> str:
    wanted = target.wanted
    if wanted.tables:
        block = _block(target.what, wanted)
        return toml_text.installed(text, block) if is_install else toml_text.uninstalled(text, block)
    if is_install:
        return json_entries.installed(text, wanted, original)
    return json_entries.uninstalled(text, wanted, original)


def _where(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        return f"line {line}, column {column}: it is not UTF-8"
    return str(error)
