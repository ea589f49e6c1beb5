"""What viewers may ask of control: to look, to end, to pin. Each act has a desk of its own, so that looking goes on."""

from collections.abc import Sequence

from control.acts import Acts
from control.audit import request
from control.machine import Machine
from control.standing import Desk
from store.home import StrPath
from store.programs import Program
from store.shown_process import Acted, Shown


class Office:
    """origin: from where is asked; peer: the address of a browser. What is asked for twice by one key is done once."""

    def __init__(
        self, home: StrPath, programs: Sequence[Program], origin: str, machine: Machine, *, peer: str = ""
    ) -> None:
        self.home, self.programs, self.machine = home, programs, machine
        self.origin, self.peer = origin, peer
        self.desk: Desk | None = None

    @property
    def scope(self) -> str:
        """The family that all of this is narrowed to, in words."""
        return self._looking().scope.words

    @property
    def trouble(self) -> str:
        """Why the last look knows nothing of sessions; "" where it does."""
        return self._looking().trouble

    def look(self) -> list[Shown]:
        """Every process as it stands; what was seen is remembered."""
        found = self._looking().shown()
        self._looking().remember(found)
        return found

    def kill(self, pid: int, born: str = "", *, key: str = "", force: bool = False, tree: bool = False) -> Acted:
        return self._acts().kill(request(self.origin, key), pid, born, force=force, tree=tree)

    def kill_stale(self, *, is_trial: bool = False) -> list[Acted]:
        return self._acts().kill_stale(request(self.origin), is_trial=is_trial)

    def pin(self, pid: int, born: str = "", *, key: str = "", is_on: bool = True) -> Acted:
        return self._acts().pin(request(self.origin, key), pid, born, is_on=is_on)

    def _looking(self) -> Desk:
        self.desk = self.desk or Desk(self.home, self.programs, self.machine)
        return self.desk

    def _acts(self) -> Acts:
        return Acts(Desk(self.home, self.programs, self.machine), peer=self.peer)
