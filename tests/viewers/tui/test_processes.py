"""The screen of processes, by keys: nothing is ended or kept without a question that names it."""

from collections.abc import Sequence
from typing import Any

import pytest

from store.shown_process import Acted, Child, Shown

SESSION = "5f3c0000-0000-4000-8000-000000000001"


def shown(pid: int, state: str, **more: Any) -> Shown:
    values: dict[str, Any] = {
        "pid": pid, "born": f"{pid}@boot", "parent": 1, "agent": "zoo", "role": "session", "exe": "/bin/zoo",
        "state": state, "reason": f"it is so, {state}", "is_pinned": False,
        "sessions": ((SESSION, "certain", "its agent says so"),), "account": "work", "project": f"/src/app{pid}",
        "terminal": "/dev/pts/3", "cwd": "/src", "began_s": 1.0, "last_s": None, "window_s": 0.3, "cpu_percent": 0.0,
        "children_cpu_percent": 0.0, "memory": 500_000_000, "tree_memory": 1_500_000_000, "children": 3, **more,
    }  # fmt: skip
    return Shown(**values)


class FakeDesk:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.found = [shown(71, "working"), shown(72, "stale"), shown(73, "idle", role="helper", memory=None)]
        self.asked: list[tuple[Any, ...]] = []
        self.results = ["alive", "ended"]

    def look(self) -> Sequence[Shown]:
        return self.found

    def kill(self, pid: int, born: str, *, key: str, force: bool, tree: bool = False) -> Acted:
        self.asked.append(("kill", pid, born, force, *(["tree"] if tree else [])))
        result = self.results.pop(0)
        return Acted(pid, "zoo", None, None, "kill", result, f"it is {result}")

    def pin(self, pid: int, born: str, *, key: str, is_on: bool) -> Acted:
        self.asked.append(("pin", pid, born, is_on))
        return Acted(pid, "zoo", None, None, "pin", "pinned", "it is never called stale")


def test_enter_opens_the_session_that_it_is_in(look: Any, recorded: Any) -> None:
    desk = FakeDesk()

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        await eye.until("app72")
        await eye.press("enter")
        await eye.until("▐2 Session▌")

    look(by_keys)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_processes_are_shown_those_first_that_need_a_look(size: tuple[int, int], look: Any, recorded: Any) -> None:
    desk = FakeDesk()

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        text = await eye.until("app72")
        assert text.index("app72") < text.index("app71") and "app73" not in text
        assert "2 processes" in await eye.until("1 stale")  # helpers are in no row
        assert "it is so, stale" in eye.text()
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("a")
        await eye.until("app73")

    look(by_keys, size)
    assert desk.asked == []


def test_what_is_ended_is_named_first_and_force_is_asked_for_again(look: Any, recorded: Any) -> None:
    desk = FakeDesk()

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        await eye.until("app72")
        await eye.press("x")
        await eye.until("Stop process 72 (app72, session 5f3c0000)?")
        await eye.press("escape")
        await eye.until("Stop process", gone=True)
        assert desk.asked == []
        await eye.press("x")
        await eye.until("▐Stop▌")  # it is stale: the answer is at hand
        await eye.press("enter")
        await eye.until("Kill process 72 (app72, session 5f3c0000)?")
        assert desk.asked == [("kill", 72, "72@boot", False)]
        await eye.press("enter")
        await eye.until("it is ended")
        assert desk.asked[1:] == [("kill", 72, "72@boot", True)]

    look(by_keys)


def test_one_that_is_well_is_not_ended_by_enter_alone(look: Any, recorded: Any) -> None:
    desk = FakeDesk()

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        await eye.until("app72")
        await eye.press("j", "x")
        await eye.until("Stop process 71")
        await eye.until("▐Cancel▌")
        await eye.press("enter")
        await eye.until("Stop process", gone=True)
        assert desk.asked == []
        await eye.press("K")
        await eye.until("Keep process 71")
        await eye.press("enter")
        await eye.until("it is never called stale")
        assert desk.asked == [("pin", 71, "71@boot", True)]

    look(by_keys)


def test_what_each_started_is_shown_and_ended_with_it_after_a_question(look: Any, recorded: Any) -> None:
    desk = FakeDesk()
    started = (Child(80, 72, "make", "sleeping", 1_000_000), Child(81, 80, "cc\x1b[2J", "running", None))
    desk.found[1] = shown(72, "stale", children=2, started=started)
    desk.results = ["ended"]

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        await eye.until("app72")
        assert "make" not in eye.text()
        await eye.press("t")
        text = await eye.until("└ make")
        assert text.index("└ make") < text.index("  └ cc")
        await eye.press("X")
        await eye.until("Stop process 72 and all it started (app72, session 5f3c0000)?")
        await eye.until("make 80")
        await eye.press("enter")
        await eye.until("it is ended")
        assert desk.asked == [("kill", 72, "72@boot", False, "tree")]

    look(by_keys, (120, 40))


def test_what_became_of_it_stays_when_its_row_goes(look: Any, recorded: Any) -> None:
    desk = FakeDesk()
    desk.results = ["ended"]

    async def by_keys(eye: Any) -> None:
        eye.app.desk = desk
        await eye.press("5")
        await eye.until("app72")
        await eye.press("x")
        await eye.until("Stop process 72")
        desk.found = [one for one in desk.found if one.pid != 72]
        await eye.press("enter")
        await eye.until("app72", gone=True)
        assert "process 72: it is ended" in await eye.until("it is ended")
        await eye.press("s")
        assert "process 72: it is ended" in eye.text()

    look(by_keys)
