"""What is read, what was refused, and which agents are known."""

from viewers.entry import JSON, Plain, whole


def sources(*, as_json: bool = False, is_all: bool = False) -> int:
    from viewers.reading.sources import run

    return run(as_json=as_json, is_all=is_all)


def rejects(*, as_json: bool = False, limit: int | None = None) -> int:
    from viewers.reading.rejects import run

    return run(as_json=as_json, limit=limit)


def agents(*, name: str | None = None, as_json: bool = False, as_markdown: bool = False) -> int:
    from collector.files.agents import look
    from viewers.reading.agents import run

    return run(look, name=name, as_json=as_json, as_markdown=as_markdown)


PLAIN = {
    "sources": Plain(sources, {"--all": "is_all", **JSON}, {}),
    "rejects": Plain(rejects, JSON, {"--limit": ("limit", whole)}),
    "agents": Plain(agents, {"--markdown": "as_markdown", **JSON}, {}, more=("name",)),
}
