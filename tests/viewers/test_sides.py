"""A change side by side: what goes stands beside what comes in its place, with the numbers of both files."""

from store.edit import Edit, Hunk
from viewers.reading.sides import Line, Stretch, sides

HUNKS = (Hunk((" a", "-b", "-c", "+d", " e", "+f"), 7, 9), Hunk(("+\tlast",)))


def test_what_goes_stands_beside_what_comes() -> None:
    told = sides(Edit("/x", HUNKS))
    assert (told.added, told.removed, told.hidden) == (3, 2, 0)
    assert told.stretches == (
        Stretch(True, True, (Line(7, "a"),), (Line(9, "a"),)),
        Stretch(False, False, (Line(8, "b"), Line(9, "c")), (Line(10, "d"),)),
        Stretch(True, False, (Line(10, "e"),), (Line(11, "e"),)),
        Stretch(False, False, (), (Line(12, "f"),)),
        Stretch(False, True, (), (Line(None, "    last"),)),
    )


def test_no_more_than_can_be_looked_at_and_it_says_how_much_there_is() -> None:
    told = sides(Edit("/x", (Hunk(tuple(f"+{number}" for number in range(1000))), *HUNKS)), most=10)
    assert (told.added, told.removed, told.hidden) == (1003, 2, 997)
    assert [line.text for line in told.stretches[-1].new] == [str(number) for number in range(10)]
