"""A QR code for the terminal: the square of a word that a camera read, and the rules that hold for every other."""

import pytest

from viewers.screen import qr

READ = """
#######...###.#######
#.....#..###..#.....#
#.###.#.#.##..#.###.#
#.###.#.#..##.#.###.#
#.###.#.##.##.#.###.#
#.....#.##..#.#.....#
#######.#.#.#.#######
........#..##........
#.#####..#..#.#####..
...#........##..##..#
##.#.##..#.#......##.
.##.#.....#..#...##.#
#..#..#..###..#....#.
........#.####.####.#
#######...#.##...###.
#.....#.#.####...##.#
#.###.#.###.###.#...#
#.###.#.#.#.#..####..
#.###.#.####..#..##..
#.....#...#....#.##..
#######.#..#.....#.#.
""".split()
COLOURS = "\x1b[38;5;16;48;5;231m"


def drawn(text: str) -> list[str]:
    return ["".join("#" if module else "." for module in row) for row in qr.encode(text)]


def test_the_square_of_a_word_is_the_one_that_a_camera_read() -> None:
    assert drawn("fleetmeter") == READ


@pytest.mark.parametrize(("length", "size"), [(1, 21), (14, 21), (15, 25), (42, 29), (62, 33), (84, 37), (106, 41)])
def test_the_smallest_square_that_holds_it_is_taken(length: int, size: int) -> None:
    square = drawn("x" * length)
    assert len(square) == size
    assert all(len(row) == size for row in square)
    assert square[0][:8] == square[0][:-9:-1] == "#######."
    assert square[6][8:-8] == ("#." * size)[: size - 16]


def test_what_corrects_a_block_is_that_of_the_standard() -> None:
    block = bytes([32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17])
    assert qr.remainder(block, 10) == bytes([196, 35, 39, 119, 235, 215, 231, 226, 93, 23])


def test_more_than_it_holds_is_told() -> None:
    with pytest.raises(ValueError, match="107 bytes"):
        qr.encode("x" * 107)


def test_a_terminal_shows_it_dark_on_light_with_room_around() -> None:
    lines = qr.lines(qr.encode("fleetmeter"))
    assert len(lines) == (21 + 8 + 1) // 2
    assert all(line.startswith(COLOURS) and line.endswith("\x1b[0m") for line in lines)
    plain = [line.removeprefix(COLOURS).removesuffix("\x1b[0m") for line in lines]
    assert {len(line) for line in plain} == {21 + 8}
    assert plain[0].strip() == plain[1].strip() == ""
    assert plain[2].strip().startswith("█▀▀▀▀▀█")
