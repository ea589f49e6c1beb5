"""Commands that let agents' programs tell more: each puts its entries into their settings, and takes them out again."""

from viewers.entry import JSON, Plain

FLAGS = {"--dry-run": "is_dry", "--yes": "is_agreed", "-y": "is_agreed", **JSON}


def hooks(
    *, act: str, agent: str | None = None, project: str | None = None, is_http: bool = False, is_dry: bool = False,
    is_agreed: bool = False, as_json: bool = False,
) -> int:  # fmt: skip
    return settings("hooks", act, agent, project, is_http=is_http, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json)


def statusline(
    *, act: str, agent: str | None = None, is_dry: bool = False, is_agreed: bool = False, as_json: bool = False
) -> int:
    return settings("statusline", act, agent, None, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json)


def telemetry(
    *, act: str, agent: str | None = None, is_dry: bool = False, is_agreed: bool = False, as_json: bool = False
) -> int:
    return settings("telemetry", act, agent, None, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json)


def settings(
    what: str, act: str, agent: str | None, project: str | None, *, is_dry: bool, is_agreed: bool, as_json: bool,
    is_http: bool = False,
) -> int:  # fmt: skip
    """What is common to all commands that change settings."""
    from collector.settings.change import agents_with, make, plan, targets
    from viewers.collecting.settings import Asked, Side, run

    side = Side(agents_with, targets, plan, make)
    return run(side, Asked(what, act, agent, project, is_dry, is_agreed, as_json, is_http))


PLAIN = {
    "hooks": Plain(
        hooks, {"--http": "is_http", **FLAGS}, {"--agent": ("agent", str), "--project": ("project", str)}, ("act",)
    ),
    "statusline": Plain(statusline, FLAGS, {"--agent": ("agent", str)}, ("act",)),
    "telemetry": Plain(telemetry, FLAGS, {"--agent": ("agent", str)}, ("act",)),
}
