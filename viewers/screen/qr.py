"""QR codes of up to 106 bytes, to be read from a screen: versions 1 to 6 of ISO 18004, error correction M, as bytes."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

Grid = list[list[bool]]
FORMAT_M = 0b00
GENERATOR, MASK_OF_FORMAT = 0b10100110111, 0b101010000010010
QUIET = 4
"""So many light modules around it."""


class Version(NamedTuple):
    """How much of what is in a square of that size."""

    data: int
    """Bytes of all blocks."""
    correction: int
    """Bytes of each block."""
    blocks: int
    alignment: int | None


VERSIONS = {
    1: Version(16, 10, 1, None),
    2: Version(28, 16, 1, 18),
    3: Version(44, 26, 1, 22),
    4: Version(64, 18, 2, 26),
    5: Version(86, 24, 2, 30),
    6: Version(108, 16, 4, 34),
}
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda x, y: y % 2 == 0,
    lambda x, y: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (y // 2 + x // 3) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)


def encode(text: str) -> Grid:
    """Its dark modules, row by row, in the smallest square that holds it."""
    data = text.encode()
    number = next((number for number, version in VERSIONS.items() if len(data) + 2 <= version.data), None)
    if number is None:
        raise ValueError(f"{len(data)} bytes are more than a QR code of version 6 holds")
    version = VERSIONS[number]
    fixed = _fixed(number, version)
    free = list(_free(fixed))
    bits = _bits(_woven(_filled(data, version.data), version))
    drawn = [_drawn(fixed, free, bits, mask) for mask in range(len(MASKS))]
    return min(drawn, key=penalty)


def _filled(data: bytes, size: int) -> bytes:
    """In byte mode: 0100, the length, the bytes, 0000, then padding."""
    nibbles = f"4{len(data):02x}{data.hex()}0"
    whole = bytes.fromhex(nibbles)
    padding = b"\xec\x11" * size
    return whole + padding[: size - len(whole)]


def _woven(data: bytes, version: Version) -> bytes:
    """The blocks byte by byte in turn, then what corrects them likewise."""
    size = version.data // version.blocks
    blocks = [data[at : at + size] for at in range(0, version.data, size)]
    corrections = [remainder(block, version.correction) for block in blocks]
    return bytes(byte for part in (blocks, corrections) for turn in zip(*part, strict=True) for byte in turn)


def _times(left: int, right: int) -> int:
    """In the field of 256 elements of which 285 is the modulus."""
    found = 0
    for bit in range(7, -1, -1):
        found = (found << 1) ^ (found >> 7) * 285
        found ^= (right >> bit & 1) * left
    return found


def remainder(block: bytes, degree: int) -> bytes:
    """What corrects a block: its remainder by the Reed-Solomon generator of that degree."""
    divisor, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        divisor = [
            _times(value, root) ^ (divisor[index + 1] if index + 1 < degree else 0)
            for index, value in enumerate(divisor)
        ]
        root = _times(root, 2)
    found = [0] * degree
    for byte in block:
        factor = byte ^ found.pop(0)
        found.append(0)
        found = [value ^ _times(part, factor) for value, part in zip(found, divisor, strict=True)]
    return bytes(found)


def _bits(data: bytes) -> list[bool]:
    return [bool(byte >> bit & 1) for byte in data for bit in range(7, -1, -1)]


def _fixed(number: int, version: Version) -> list[list[bool | None]]:
    """What every code of that size has; None where data may stand."""
    size = 17 + 4 * number
    grid: list[list[bool | None]] = [[None] * size for _ in range(size)]
    for at in range(8, size - 8):
        grid[6][at] = grid[at][6] = at % 2 == 0
    for x, y in ((3, 3), (size - 4, 3), (3, size - 4)):
        _square(grid, x, y, 4, dark=(0, 1, 3))
    if version.alignment is not None:
        _square(grid, version.alignment, version.alignment, 2, dark=(0, 2))
    for x, y in _format_places(size):
        grid[y][x] = False
    grid[size - 8][8] = True
    return grid


def _square(grid: list[list[bool | None]], x: int, y: int, radius: int, *, dark: tuple[int, ...]) -> None:
    size = len(grid)
    for row in range(max(y - radius, 0), min(y + radius + 1, size)):
        for column in range(max(x - radius, 0), min(x + radius + 1, size)):
            grid[row][column] = max(abs(row - y), abs(column - x)) in dark


def _format_places(size: int) -> list[tuple[int, int]]:
    """Where the fifteen bits of the format stand, from the lowest, twice."""
    near = [(8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)] + [(x, 8) for x in (7, 5, 4, 3, 2, 1, 0)]
    far = [(size - 1 - bit, 8) for bit in range(8)] + [(8, size - 15 + bit) for bit in range(8, 15)]
    return near + far


def _free(fixed: list[list[bool | None]]) -> Iterator[tuple[int, int]]:
    """The way of the data: pairs of columns from the right, up and down in turn."""
    size = len(fixed)
    for turn, right in enumerate([*range(size - 1, 6, -2), 5, 3, 1]):
        for y in range(size - 1, -1, -1) if turn % 2 == 0 else range(size):
            yield from ((x, y) for x in (right, right - 1) if fixed[y][x] is None)


def _drawn(fixed: list[list[bool | None]], free: list[tuple[int, int]], bits: list[bool], mask: int) -> Grid:
    grid = [[bool(module) for module in row] for row in fixed]
    for index, (x, y) in enumerate(free):  # a few modules after the last bit stay over
        grid[y][x] = (index < len(bits) and bits[index]) ^ MASKS[mask](x, y)
    format_bits = _format(mask)
    for index, (x, y) in enumerate(_format_places(len(grid))):
        grid[y][x] = bool(format_bits >> index % 15 & 1)
    return grid


def _format(mask: int) -> int:
    data = FORMAT_M << 3 | mask
    rest = data << 10
    for bit in range(14, 9, -1):
        if rest >> bit & 1:
            rest ^= GENERATOR << bit - 10
    return (data << 10 | rest) ^ MASK_OF_FORMAT


def penalty(grid: Grid) -> int:
    """How hard it is to read, by the four rules of the standard."""
    size, found = len(grid), 0
    columns = [list(column) for column in zip(*grid, strict=True)]
    for line in (*grid, *columns):
        text = "".join("#" if module else "." for module in line)
        runs = text.replace("#.", "# .").replace(".#", ". #").split()
        found += sum(len(run) - 2 for run in runs if len(run) >= 5)
        found += 40 * sum(
            text.startswith(("#.###.#....", "....#.###.#"), at) for at in range(size - 10)
        )  # fmt: skip
    for y in range(size - 1):
        for x in range(size - 1):
            found += 3 * (grid[y][x] == grid[y][x + 1] == grid[y + 1][x] == grid[y + 1][x + 1])
    dark = sum(map(sum, grid))
    return found + 10 * (abs(dark * 20 - size * size * 10) // (size * size))


def lines(grid: Grid) -> list[str]:
    """For a terminal: two rows in one, black on white whatever its colours are."""
    size = len(grid) + 2 * QUIET
    empty = [False] * size
    rows = [[False] * QUIET + row + [False] * QUIET for row in grid]
    rows = [empty] * QUIET + rows + [empty] * (QUIET + size % 2)
    signs = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return [
        "\x1b[38;5;16;48;5;231m" + "".join(signs[pair] for pair in zip(*both, strict=True)) + "\x1b[0m"
        for both in pairs
    ]
