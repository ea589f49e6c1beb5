"""Care of the database."""

from viewers.entry import JSON, Plain, whole


def doctor(*, is_fixing: bool = False, as_json: bool = False) -> int:
    from collector.files.health import look
    from collector.recording.once import collect_once
    from viewers.care.doctor import run
    from viewers.collecting.recording import record

    return run(look, lambda: record(collect_once), is_fixing=is_fixing, as_json=as_json)


def backup(*, to: str | None = None, keep: int | None = None, as_json: bool = False) -> int:
    from viewers.care.backups import make

    return make(to=to, keep=keep, as_json=as_json)


def restore_backup(*, path: str) -> int:
    from viewers.care.backups import restore
    from viewers.entry.recording import collect

    return restore(lambda: collect(once=True), path)


PLAIN = {
    "doctor": Plain(doctor, {"--fix": "is_fixing", **JSON}, {}),
    "backup": Plain(backup, JSON, {"--to": ("to", str), "--keep": ("keep", whole)}),
    "restore-backup": Plain(restore_backup, {}, {}, ("path",)),
}
