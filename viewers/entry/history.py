"""History that survives: proven, shown, restored, made anew, and deleted for good."""

from viewers.entry import JSON, Plain


def verify(*, as_json: bool = False) -> int:
    from collector.prove import prove
    from viewers.verify import run

    return run(prove, is_full=False, as_json=as_json)


PLAIN = {
    "verify": Plain(verify, JSON, {}),
}
