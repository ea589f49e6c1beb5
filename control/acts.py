"""Ends and pins processes: allowed, refused or done, once for each request, and written down before it is done."""

import os

from control import grant, pins
from control.audit import Audit, Request
from control.ending import Me, Target, end, end_children, held, refusal
from control.health import STALE
from control.machine import Entry, Handle
from control.process import Process
from control.recognise import HELPER, LAUNCHER, SERVER
from control.standing import Desk
from store.errors import FleetmeterError
from store.shown_process import Acted, Shown

STALE_WINDOW_S = 1.0
AGAIN = Acted(0, "", None, None, "", "again", "it was asked for already, and is done once")


class Acts:
    """What may be done to the processes that a desk shows."""

    def __init__(self, desk: Desk, *, peer: str = "") -> None:
        self.desk, self.peer = desk, peer
        self.audit = Audit(desk.home, desk.clock)

    def kill(self, by: Request, pid: int, born: str = "", *, force: bool = False, tree: bool = False) -> Acted:
        """End this process: the one that was shown, where its birth is said, and no later one of its pid."""
        self._allow(by)
        if self.audit.was_asked(by.key):
            return AGAIN._replace(pid=pid, what="kill")
        shown = self._found(pid, born)
        if isinstance(shown, Acted):
            return shown
        process = self.desk.processes[shown.pid, shown.born]
        me = Me(os.getpid(), self.desk.scanner.family.uid)
        table = self.desk.machine.table()
        target = Target(shown.pid, shown.born, process.uid, process.exe)
        if why := refusal(target, table, me):
            return _acted(shown, "kill", "refused", f"process {pid} is left alone: {why}")
        act = self._entered(by, "kill --force" if force else "kill", shown)
        if act is None:
            return AGAIN._replace(pid=pid, what="kill")
        return self._kill(act, shown, target, process, force=force, tree=tree)

    def kill_stale(self, by: Request, *, is_trial: bool = False) -> list[Acted]:
        """End whatever is stale; each is judged once more before its turn comes."""
        self._allow(by)
        found = [one for one in self.desk.shown(STALE_WINDOW_S) if _is_stale(one)]
        if is_trial:
            return [_acted(one, "kill", "trial", one.reason) for one in found]
        done: list[Acted] = []
        for number, one in enumerate(found):
            now = next((now for now in self.desk.shown() if (now.pid, now.born) == (one.pid, one.born)), None)
            if now is None:
                done.append(_acted(one, "kill", "gone", "it ended by itself"))
            elif not _is_stale(now):
                done.append(_acted(now, "kill", "refused", f"it is stale no more: {now.reason}"))
            else:
                done.append(self.kill(by._replace(key=f"{by.key}-{number}"), one.pid, one.born))
        return done

    def pin(self, by: Request, pid: int, born: str = "", *, is_on: bool = True) -> Acted:
        """Keep this process from ever being called stale, or not any longer."""
        self._allow(by)
        shown, what = self._found(pid, born), "pin" if is_on else "unpin"
        if isinstance(shown, Acted):
            return shown._replace(what=what)
        act = self._entered(by, what, shown)
        if act is None:
            return AGAIN._replace(pid=pid, what=what)
        if is_on:
            pins.put(self.desk.home, shown.pid, shown.born, self.desk.clock())
        else:
            pins.take(self.desk.home, shown.pid, shown.born)
        self.audit.step(act, pid, what, "done")
        words = "it is never called stale" if is_on else "it may be called stale"
        return _acted(shown, what, f"{what}ned", words)

    def _allow(self, by: Request) -> None:
        if why := grant.refusal(by.origin, self.desk.limits, self.peer):
            raise FleetmeterError(why, hint="use `fleetmeter kill` or `fleetmeter pin` in a terminal")

    def _found(self, pid: int, born: str) -> Shown | Acted:
        shown = next((one for one in self.desk.shown(0.0) if one.pid == pid), None)
        nobody = Acted(pid, "", None, None, "kill", "refused", "")
        if shown is None:
            where = self.desk.scope.words
            narrowed = f"; only {where} is looked at" if where else ""
            return nobody._replace(result="gone", words=f"no process of an agent has the pid {pid}{narrowed}")
        if born and shown.born != born:
            return nobody._replace(words=f"another process has the pid {pid} now: the one that was shown has ended")
        return shown

    def _entered(self, by: Request, what: str, shown: Shown) -> int | None:
        return self.audit.enter(
            by, what, pid=shown.pid, born=shown.born, agent=shown.agent, session_id=_session(shown), exe=shown.exe
        )

    def _kill(
        self, act: int, shown: Shown, target: Target, process: Process, *, force: bool, tree: bool
    ) -> Acted:  # fmt: skip
        steps: list[tuple[int, str, str]] = []

        def note(pid: int, step: str, outcome: str) -> None:
            steps.append((pid, step, outcome))
            self.audit.step(act, pid, step, outcome)

        handle = held(self.desk.machine, target)
        if handle is None:
            note(target.pid, "look", "gone, or another now: not touched")
            words = "it has ended meanwhile, or runs another program now; nothing was signalled"
            return _acted(shown, "kill", "gone", words, steps)
        children = self._children(process.children) if tree else []
        try:
            is_over = end(self.desk.machine, handle, target.pid, note, force=force)
            left = end_children(self.desk.machine, children, note, force=force) if tree else 0
        finally:
            for one in (handle, *(child for _, child in children)):
                one.close()
        if not is_over:
            return _acted(shown, "kill", "alive", "it did not end; `--force` ends it at once", steps)
        there = left if tree else len(self._children(process.children, is_kept=False))
        rest = f"; {there} that it started {'goes' if there == 1 else 'go'} on" if there else ""
        return _acted(shown, "kill", "ended", f"it has ended{rest}", steps)

    def _children(self, entries: tuple[Entry, ...], *, is_kept: bool = True) -> list[tuple[int, Handle]]:
        """A hold on each that may be ended, taken before its parent ends and others adopt them."""
        machine, found = self.desk.machine, list[tuple[int, Handle]]()
        table, me = machine.table(), Me(os.getpid(), self.desk.scanner.family.uid)
        for entry in entries:
            target = Target(entry.pid, entry.born, machine.uid(entry.pid), machine.exe(entry.pid))
            handle = None if refusal(target, table, me) else held(machine, target)
            if handle is not None:
                found.append((entry.pid, handle))
                if not is_kept:
                    handle.close()
        return found


def _is_stale(one: Shown) -> bool:
    return one.state == STALE and not one.is_pinned and one.role not in (SERVER, HELPER, LAUNCHER)


def _session(shown: Shown) -> str | None:
    return shown.sessions[0][0] if shown.sessions else None


def _acted(shown: Shown, what: str, result: str, words: str, steps: list[tuple[int, str, str]] | None = None) -> Acted:
    return Acted(shown.pid, shown.agent, shown.project, _session(shown), what, result, words, tuple(steps or ()))
