"""`[alerts.RULE]` and `[[alerts.sinks]]` of config.toml: which alerts there are, and who is told of them."""

from typing import NamedTuple, cast

from store.alert_rules import BY_NAME, DEFAULTS, Setting
from store.errors import FleetmeterError
from store.price_config import Place

SINKS = "sinks"
RULE_KEYS = ("on", "threshold", "cooldown_minutes")
KINDS = ("webhook", "desktop", "command")
FORMS = ("json", "slack", "discord", "ntfy")
SINK_KEYS = ("kind", "name", "url", "form", "token", "command", "text", "ended", "rules")
ONLY = {"webhook": ("url", "form", "token"), "command": ("command",)}
"""The kind of a sink → keys that no other kind has."""
MOST_MINUTES = 525_600


class Sink(NamedTuple):
    """Somebody who is told. Its address and its token are secrets: neither is ever logged, or an argument."""

    name: str
    kind: str
    url: str = ""
    form: str = FORMS[0]
    token: str = ""
    command: tuple[str, ...] = ()
    has_text: bool = False
    """Whether words of a transcript may be in what is sent."""
    rules: tuple[str, ...] = ()
    """Those that it is told of; without any, all."""
    has_end: bool = False
    """Whether it is told too when an alert is over."""


class Alerts(NamedTuple):
    rules: dict[str, Setting] = DEFAULTS
    sinks: tuple[Sink, ...] = ()


def read_alerts(path: str, table: object) -> Alerts:
    """All of it, every key checked."""
    place = Place(path, "alerts")
    if not isinstance(table, dict):
        raise place.wrong("a table for each rule, as `[alerts.waiting]`")
    found, rules = cast("dict[str, object]", table), dict(DEFAULTS)
    for name, value in found.items():
        if name != SINKS:
            _known(path, "rule", name, "alerts", (*BY_NAME, SINKS))
            rules[name] = _setting(place.at(name), name, value)
    return Alerts(rules, _sinks(place.at(SINKS), found.get(SINKS, [])))


def _setting(place: Place, name: str, value: object) -> Setting:
    if not isinstance(value, dict):
        raise place.wrong(f"a table, as `threshold = {BY_NAME[name].threshold:g}` below `[alerts.{name}]`")
    table, setting = cast("dict[str, object]", value), DEFAULTS[name]
    for key, word in table.items():
        _known(place.path, "key", key, place.key, RULE_KEYS)
        if key == "on":
            setting = setting._replace(is_on=_switch(place.at(key), word))
        elif key == "threshold":
            setting = setting._replace(threshold=_number(place.at(key), word, BY_NAME[name].most, above=0))
        else:
            setting = setting._replace(cooldown_minutes=_number(place.at(key), word, MOST_MINUTES, above=-1))
    return setting


def _sinks(place: Place, value: object) -> tuple[Sink, ...]:
    if not isinstance(value, list):
        raise place.wrong("a table for each, below `[[alerts.sinks]]`")
    sinks: list[Sink] = []
    for word in cast("list[object]", value):
        if not isinstance(word, dict):
            raise place.wrong("a table for each, below `[[alerts.sinks]]`")
        sinks.append(_sink(place, cast("dict[str, object]", word), {sink.name for sink in sinks}))
    return tuple(sinks)


def _sink(place: Place, table: dict[str, object], taken: set[str]) -> Sink:
    for key in table:
        _known(place.path, "key", key, place.key, SINK_KEYS)
    kind = _one_of(place, "kind", table.get("kind"), KINDS)
    for owner, keys in ONLY.items():
        if owner != kind and (strange := next((key for key in keys if key in table), None)):
            raise FleetmeterError(f"{place.path}: `{place.key}.{strange}` goes not with `kind = \"{kind}\"`",
                                  hint=f"it is for `kind = \"{owner}\"`: delete the line")  # fmt: skip
    name = _text(place, "name", table["name"]) if "name" in table else _free(kind, taken)
    if name in taken:
        raise FleetmeterError(f"{place.path}: two sinks are called `{name}`", hint="give each a `name` of its own")
    return Sink(
        name,
        kind,
        _address(place, table.get("url")) if kind == "webhook" else "",
        _one_of(place, "form", table.get("form", FORMS[0]), FORMS),
        _secret(place, "token", table["token"]) if "token" in table else "",
        _words(place, "command", table.get("command")) if kind == "command" else (),
        _switch(place.at("text"), table.get("text", False)),
        _rules(place, table.get("rules")),
        _switch(place.at("ended"), table.get("ended", False)),
    )


def _free(kind: str, taken: set[str]) -> str:
    names = (kind, *(f"{kind} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _address(place: Place, value: object) -> str:
    """A web address; whatever is wrong with it, it is not quoted: most are secrets."""
    from urllib.parse import urlsplit  # only now: few have a sink

    trouble = place.at("url").wrong("a web address, as https://example.org/hook")
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise trouble
    except ValueError:
        raise trouble from None
    address = cast("str", value)
    if parts.username is not None or not (address.isascii() and address.isprintable()) or " " in address:
        raise trouble
    return address


def _secret(place: Place, key: str, value: object) -> str:
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
        raise place.at(key).wrong("a text without line breaks")
    return value


def _rules(place: Place, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    names = _words(place, "rules", value)
    for name in names:
        _known(place.path, "rule", name, f"{place.key}.rules", tuple(BY_NAME))
    return names


def _words(place: Place, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise place.at(key).wrong("a list of texts")
    return tuple(_text(place, key, word) for word in cast("list[object]", value))


def _text(place: Place, key: str, value: object) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise place.at(key).wrong("a text")
    return value


def _number(place: Place, value: object, most: float, *, above: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not above < value <= most:
        raise place.wrong(f"a number {'above 0' if above == 0 else 'from 0'} to {most:g}")
    return float(value)


def _switch(place: Place, value: object) -> bool:
    if not isinstance(value, bool):
        raise place.wrong("true or false")
    return value


def _one_of(place: Place, key: str, value: object, names: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in names:
        said = "is not said" if value is None else f"cannot be {str(value)[:40]!r}"
        raise FleetmeterError(f"{place.path}: `{place.key}.{key}` {said}", hint=_nearest(str(value), names))
    return value


def _known(path: str, what: str, name: str, where: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise FleetmeterError(f"{path}: unknown {what} `{name}` in `{where}`", hint=_nearest(name, names))


def _nearest(name: str, names: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"it may be {', '.join(f'`{one}`' for one in names)}"
