"""Which session a process is in: what is certain comes first, and what two could claim nobody gets."""

from control.link import Lately, Registered, ids, placed, said
from control.machine import Terminal
from control.process import Link, Process
from tests.control.fakes import FakeMachine

ID = "5f3c0000-0000-4000-8000-000000000001"


def process(pid: int, began_s: float = 100.0, cwd: str | None = "/src", role: str = "session", *argv: str) -> Process:
    entry = FakeMachine().add(pid, 1, "zoo-agent", began_s=began_s, born=f"{pid}00@boot")
    return Process(entry, "zoo", role, None, 0, Terminal("pts/1"), cwd, argv, (), ())


def lately(id_: str, first_s: float, last_s: float, cwd: str = "/src", agent: str = "zoo") -> Lately:
    return Lately(agent, "work", id_, cwd, first_s, last_s)


def test_what_the_agent_says_of_a_process_holds_for_that_one_alone() -> None:
    one, sure = process(7), Link("a", "work", "certain", "its agent says so")
    assert said(one, [Registered("zoo", "work", "a", 7, "700", None)]) == (sure,)
    assert said(one, [Registered("zoo", "work", "a", 7, "699", 100.0)]) == ()  # an earlier one of its pid
    assert said(one, [Registered("zoo", "work", "a", 8, "700", None)]) == ()
    assert said(one, [Registered("other", "work", "a", 7, "700", None)]) == ()
    assert said(one, [Registered("zoo", "work", "a", 7, "", 103.0)]) == (sure,)
    assert said(one, [Registered("zoo", "work", "a", 7, "", 203.0)]) == ()
    assert said(one, [Registered("zoo", "work", "a", 7, "", None)]) == ()


def test_ids_in_the_arguments_are_found_and_prompts_are_not() -> None:
    assert ids(process(7, 1.0, None, "session", "--resume", ID, f"--id={ID}", f"tell me of {ID}")) == [ID, ID]


def test_time_and_place_are_believed_only_where_they_leave_no_choice() -> None:
    one, two = process(7), process(8, 500.0)
    begun, old = lately("begun", 103.0, 900.0), lately("old", 5.0, 800.0)
    assert placed([one], [begun], set())[one.key].sure == "likely"
    assert placed([one], [old], set())[one.key].sure == "possible"
    assert placed([one], [begun, lately("also", 110.0, 900.0)], set()) == {}
    assert placed([one, process(9)], [begun], set()) == {}  # both began when it did
    assert placed([one], [begun], {"begun"}) == {}
    assert placed([one], [lately("before", 5.0, 99.0)], set()) == {}
    assert placed([one], [lately("there", 103.0, 900.0, "/other")], set()) == {}
    assert placed([process(7, 100.0, None)], [begun], set()) == {}
    assert placed([process(7, role="server")], [begun], set()) == {}
    found = placed([one, two], [begun, old], set())
    assert {key[0]: link.session_id for key, link in found.items()} == {7: "begun", 8: "old"}
