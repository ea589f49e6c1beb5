"""`fleetmeter verify`: whether what is stored is what was read."""

from collections.abc import Callable, Sequence
from typing import Protocol

from store import home as homes
from viewers.screen import format, output, terminal
from viewers.screen.progress import Step, bar
from viewers.screen.text import clean
from viewers.trouble import FAILED


class Finding(Protocol):
    """Something that is not as it was stored."""

    @property
    def where(self) -> str: ...
    @property
    def words(self) -> str: ...


class Proof(Protocol):
    """What the collector tells of a look at everything."""

    @property
    def records(self) -> int: ...
    @property
    def files(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def archived_bytes(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unproven(self) -> int: ...
    @property
    def findings(self) -> Sequence[Finding]: ...


Prove = Callable[[str, Step | None], Proof]


def run(prove: Prove, *, is_full: bool, as_json: bool) -> int:
    """Show it; the exit code says whether all is well."""
    with bar("verifying") as step:
        proof = prove(homes.locate(), step)
    if as_json:
        output.print_json(document(proof, is_full))
    else:
        terminal.show(*lines(proof, is_full))
    return FAILED if proof.findings else 0


def lines(proof: Proof, is_full: bool) -> list[str]:
    """The same for people: what is wrong first."""
    said = [f"{clean(finding.where)}: {clean(finding.words)}" for finding in proof.findings]
    held = f"{format.things(proof.records, 'record')}, {format.size(proof.archived_bytes)} archived, "
    held += f"{format.things(proof.files, 'file')} ({format.size(proof.bytes)}) that are still there"
    if is_full:
        held += ", every fact made anew and compared"
    said.append(f"{format.things(len(said), 'fault')} in {held}" if said else f"all is as it was recorded: {held}")
    if proof.changed:
        said.append(f"{format.things(proof.changed, 'file')} changed since, and will be read anew")
    if proof.unproven:
        said.append(f"{format.things(proof.unproven, 'file')} gone and not archived: what they said cannot be compared")
    return said


def document(proof: Proof, is_full: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "schemaVersion": 1, "isFull": is_full, "records": proof.records, "files": proof.files, "bytes": proof.bytes,
        "archivedBytes": proof.archived_bytes, "changedFiles": proof.changed, "unprovenFiles": proof.unproven,
        "findings": [{"where": finding.where, "words": finding.words} for finding in proof.findings],
    }  # fmt: skip
