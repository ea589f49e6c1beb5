"""Which model of the table a name means. Never another one: what is left over of a name must be a date or a version.

The table's own clauses (begins with, contains …) match more than they should: a model that does not exist yet, or
another maker's with such a name in it. So a match counts only if nothing of the name remains unexplained.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from store.price_table import Node

# What may follow the name of a model, and says only which issue of it answered.
DATE = r"20\d\d(?:-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))"
TAG = rf"(?:[-@]{DATE}|[-@]latest|@default|-v\d+(?::\d+)?|:\d+(?:k)?|-00\d)"
TAGS = re.compile(rf"{TAG}+$")
# The same where the table itself says "begins with": it then knows of these.
LOOSE = re.compile(rf"(?:{TAG}|-\d{{4}}|-preview|-exp|-thinking|-\d\d-\d\d(?:\d\d)?)+$")
HEAD = re.compile(r"(?:[a-z]{2,6}(?:-[a-z]{2,4})?\.)?[a-z]+\.")
"""What may stand before it: a region and a maker, as on Bedrock."""
REGIONAL = re.compile(r"(?!global\.)[a-z]{2,6}(?:-[a-z]{2,4})?\.(?=[a-z]+\.)")
CONTEXT = re.compile(r"\[\d+[km]\]$")
COMPACT_DATE = re.compile(r"-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")

CLOUD, VERTEX, ROUTER = "aws", "google", "openrouter"
# Prefixes that other programs use for a provider of the table.
ALIASES = {
    "bedrock": CLOUD, "amazon-bedrock": CLOUD, "vertex": VERTEX, "vertex_ai": VERTEX, "google-vertex": VERTEX,
    "xai": "x-ai", "moonshot": "moonshotai", "together_ai": "together", "togetherai": "together",
    "fireworks_ai": "fireworks", "fireworks-ai": "fireworks", "github_copilot": "github-copilot", "z-ai": "zai",
}  # fmt: skip


class Match(NamedTuple):
    """A model of the table, who sells it, and how the name led there."""

    provider: str
    model: Node
    is_own: bool
    """Whether that provider lists it; else it sells another's, and only the plain price is known."""
    how: str


def find(providers: list[Node], name: str) -> Match | None:
    """The model that the name means, or None."""
    said, steps = name.strip().lower(), list[str]()
    if CONTEXT.search(said):
        said, steps = CONTEXT.sub("", said), ["without the size of its context"]
    if said.startswith("arn:"):
        said, steps = said.rpartition("/")[2], [*steps, "the last part of the ARN"]
    said = said.removeprefix("models/")
    by_id = {provider["id"]: provider for provider in providers}
    for provider, rest, step in _places(providers, by_id, said):
        for spelled, how in _spellings(rest):
            found = _in_provider(by_id, provider, spelled)
            if found is not None:
                model, is_own = found
                taken = [*steps, *(word for word in (step, how) if word)]
                return Match(provider["id"], model, is_own, ", ".join(taken) or "by its name")
    return None


def _places(providers: list[Node], by_id: dict[str, Node], name: str) -> Iterator[tuple[Node, str, str]]:
    """Where to look, under which name, and why there."""
    prefix, slash, rest = name.partition("/")
    if slash:
        provider = by_id.get(ALIASES.get(prefix, prefix))
        if provider is not None:
            yield provider, rest, f"the prefix `{prefix}/`"
        if ROUTER in by_id:
            yield by_id[ROUTER], name, f"an id of {ROUTER}"
        return
    if HEAD.match(name) and CLOUD in by_id:
        yield by_id[CLOUD], name, f"an id of {CLOUD}"
        if REGIONAL.match(name):
            yield by_id[CLOUD], REGIONAL.sub("", name), f"an id of {CLOUD}, of another region"
        return
    if "@" in name and VERTEX in by_id:
        yield by_id[VERTEX], name, f"an id of {VERTEX}"
    for provider in providers:
        if provider.get("model_match") is not None and _is_match(provider["model_match"], name):
            yield provider, name, ""


def _spellings(name: str) -> Iterator[tuple[str, str]]:
    """The name, and what else it may be in the table."""
    yield name, ""
    dashed = COMPACT_DATE.sub(r"-\1-\2-\3", name)
    if dashed != name:
        yield dashed, ""
    plain = TAGS.sub("", name)
    if plain and plain != name:
        yield plain, f"without `{name[len(plain) :]}`"


def _in_provider(by_id: dict[str, Node], provider: Node, name: str) -> tuple[Node, bool] | None:
    for owner in (provider["id"], *(provider.get("fallback_model_providers") or ())):
        for model in by_id.get(owner, {}).get("models", ()):
            if _is_match(model["match"], name) and _is_whole(model["match"], name):
                return model, owner == provider["id"]
    return None


def _is_match(clause: Node, name: str) -> bool:
    """As the table means it."""
    ((kind, what),) = clause.items()
    match kind:
        case "or" | "or_":
            return any(_is_match(one, name) for one in what)
        case "and" | "and_":
            return all(_is_match(one, name) for one in what)
        case "equals":
            return name == what.lower()
        case "starts_with":
            return name.startswith(what.lower())
        case "ends_with":
            return name.endswith(what.lower())
        case "contains":
            return what.lower() in name
        case "regex":
            return re.search(what, name) is not None
        case _:
            return False


def _is_whole(clause: Node, name: str) -> bool:
    """Whether a clause that matches explains all of the name."""
    ((kind, what),) = clause.items()
    match kind:
        case "or" | "or_" | "and" | "and_":
            return any(_is_match(one, name) and _is_whole(one, name) for one in what)
        case "equals":
            return True
        case "regex":
            found = re.search(what, name)
            return found is not None and _is_explained(name, *found.span())
        case "starts_with":
            return _is_explained(name, 0, len(what))
        case "ends_with":
            return _is_explained(name, len(name) - len(what), len(name))
        case _:
            start = name.find(what.lower())
            return _is_explained(name, start, start + len(what))


def _is_explained(name: str, start: int, end: int) -> bool:
    # A clause may end within a date; so the place where tags begin is what it must reach.
    tags = LOOSE.search(name)
    return (start == 0 or HEAD.fullmatch(name[:start]) is not None) and end >= (tags.start() if tags else len(name))
