"""Alerts."""

from viewers.entry import JSON, Plain


def alerts(*, act: str = "list", what: str | None = None, is_all: bool = False, as_json: bool = False) -> int:
    from viewers.now.alerts import Trial, run

    def trial() -> Trial:
        from collector.alerting.sinks import trial

        return trial

    return run(trial, act=act, what=what, is_all=is_all, as_json=as_json)


PLAIN = {"alerts": Plain(alerts, {"--all": "is_all", **JSON}, {}, (), ("act", "what"))}
