"""Care of the database."""

from viewers.entry import JSON, Plain, whole


def backup(*, to: str | None = None, keep: int | None = None, as_json: bool = False) -> int:
    from viewers.backups import make

    return make(to=to, keep=keep, as_json=as_json)


def restore_backup(*, path: str) -> int:
    from viewers.backups import restore
    from viewers.entry.recording import collect

    return restore(lambda: collect(once=True), path)


PLAIN = {
    "backup": Plain(backup, JSON, {"--to": ("to", str), "--keep": ("keep", whole)}),
    "restore-backup": Plain(restore_backup, {}, {}, ("path",)),
}
