"""The icon of the app on a phone: three context bars, drawn here from the same numbers as SVG and as PNG."""

import struct
import zlib
from functools import cache
from typing import NamedTuple

NAMES = ("icon.svg", "icon-180.png", "icon-192.png", "icon-512.png")
UNIT = 20.0
GROUND, TRACK, FILL = "#15181c", "#2a2f36", "#9ea8ff"
SAFE = 0.85
"""Phones cut their own shape out of a PNG; so much of it is never cut."""
FINE = 4
"""So many lines to a pixel, where an edge is round."""


class Bar(NamedTuple):
    """A bar with round ends, in units."""

    x: float
    y: float
    width: float
    height: float
    colour: str


BARS = tuple(
    Bar(3.0, y, width, 2.8, colour)
    for y, filled in ((4.4, 11.0), (8.6, 6.5), (12.8, 3.8))
    for width, colour in ((14.0, TRACK), (filled, FILL))
)


def svg() -> bytes:
    """For tabs, with round corners of its own."""
    bars = "".join(
        f'<rect x="{bar.x:g}" y="{bar.y:g}" width="{bar.width:g}" height="{bar.height:g}" rx="{bar.height / 2:g}"'
        f' fill="{bar.colour}"/>'
        for bar in BARS
    )
    ground = f'<rect width="{UNIT:g}" height="{UNIT:g}" rx="4" fill="{GROUND}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNIT:g} {UNIT:g}">{ground}{bars}</svg>\n'.encode()


def png(size: int) -> bytes:
    """For home screens, filled to its edges."""
    rows = [bytearray(_rgb(GROUND) * size) for _ in range(size)]
    scale, margin = size / UNIT * SAFE, size * (1 - SAFE) / 2
    for bar in BARS:
        left, top, radius = bar.x * scale + margin, bar.y * scale + margin, bar.height * scale / 2
        _draw(rows, left, left + bar.width * scale, top + radius, radius, _rgb(bar.colour))
    pixels = b"".join(b"\0" + row for row in rows)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _draw(rows: list[bytearray], left: float, right: float, middle: float, radius: float, colour: bytes) -> None:
    for y in range(int(middle - radius), int(middle + radius) + 1):
        spans = list[tuple[float, float]]()
        for part in range(FINE):
            away = abs(y + (part + 0.5) / FINE - middle)
            if away < radius:
                inset = radius - (radius * radius - away * away) ** 0.5
                spans.append((left + inset, right - inset))
        if not spans:
            continue
        whole = range(int(max(start for start, _ in spans)) + 1, int(min(end for _, end in spans)))
        if len(spans) == FINE:
            rows[y][3 * whole.start : 3 * whole.stop] = colour * len(whole)
        for x in range(int(min(start for start, _ in spans)), int(max(end for _, end in spans)) + 1):
            if len(spans) < FINE or x not in whole:
                covered = sum(max(min(end, x + 1) - max(start, x), 0.0) for start, end in spans) / FINE
                for at, value in enumerate(colour, 3 * x):
                    rows[y][at] = round(rows[y][at] * (1 - covered) + value * covered)


def _rgb(colour: str) -> bytes:
    return bytes.fromhex(colour[1:])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@cache
def drawn(name: str) -> bytes:
    """The file of that name, drawn when it is asked for: it takes a moment."""
    return svg() if name == "icon.svg" else png(int(name[5:-4]))
