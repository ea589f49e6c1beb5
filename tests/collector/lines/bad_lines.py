"""Bytes that are no good line, each with what must become of it. B-numbers are those of the list of inputs to try."""

import gzip
from typing import NamedTuple

from tests.collector.transcript import SESSION, answer, prompt


class Bad(NamedTuple):
    """Bytes to put between good lines. Each ends with its newline unless the case is about that."""

    name: str
    content: bytes
    refused: int
    """How many rejects they become."""
    answers: tuple[str, ...] = ()
    """The message ids of the answers that can be read from them all the same."""


def text(value: str) -> bytes:
    return answer(900, "@").replace(b'"@"', value.encode("utf-8", "surrogatepass"))


def raw(value: bytes) -> bytes:
    return answer(900, "@").replace(b"@", value)


def usage(value: str) -> bytes:
    return answer(900, output=987654).replace(b"987654", value.encode())


OK = ("msg_900",)
CUT = answer(900)[:150]
WHOLE = answer(901)
FRAMING = [
    Bad("B2-only-newlines", b"\n\n\n", 0),
    Bad("B3-spaces", b"   \t \n", 0),
    Bad("B4-crlf", answer(900)[:-1] + b"\r\n", 0, OK),
    Bad("B5-lone-cr-between-records", answer(900)[:-1] + b"\r" + answer(901), 0, ("msg_900", "msg_901")),
    Bad("B9-glued", answer(900)[:-1] + answer(901), 0, ("msg_900", "msg_901")),
    Bad("B9-three-glued", answer(900)[:-1] + answer(901)[:-1] + answer(902), 0, ("msg_900", "msg_901", "msg_902")),
    Bad(
        "B9-many-glued",
        b"".join(answer(n)[:-1] for n in range(900, 1200)) + b"\n",
        0,
        tuple(f"msg_{n}" for n in range(900, 1200)),
    ),
    Bad(
        "B9-glued-then-cut", answer(900)[:-1] + answer(901)[:-1] + answer(902)[:150] + b"\n", 1, ("msg_900", "msg_901")
    ),
    Bad(
        "B5-all-lone-crs",
        b"".join(answer(n)[:-1] + b"\r" for n in range(900, 1200)) + b"\n",
        0,
        tuple(f"msg_{n}" for n in range(900, 1200)),
    ),
    Bad("B10-cut-then-next", CUT + WHOLE, 1, ("msg_901",)),
    Bad("B11-cut-inside-escape-u", text('"\\u00e9"')[:-9] + b"\\u00" + WHOLE, 1, ("msg_901",)),
    Bad(
        "B11-cut-inside-utf-8", raw("é".encode())[: raw("é".encode()).index("é".encode()) + 1] + WHOLE, 1, ("msg_901",)
    ),
    Bad("B11-cut-inside-escape", CUT + b"\\" + WHOLE, 1, ("msg_901",)),
    Bad("B12-interleaved", CUT + prompt(903)[:-1] + answer(900)[150:], 1),
    Bad("B13-twice", answer(900) * 2, 0, OK),
    Bad("B14-out-of-order", answer(902) + answer(900) + prompt(900), 0, ("msg_900", "msg_902")),
    Bad("B15-blank-lines", b"\n" * 20_000, 0),
]
BYTES = [
    Bad("B21-nul-run-then-record", b"\0" * 3000 + answer(900), 0, OK),
    Bad("B22-only-nuls", b"\0" * 500 + b"\n", 1),
    Bad("B23-nul-inside-string", raw(b"a\0b"), 1),
    Bad("B24-escaped-nul", text('"a\\u0000b"'), 0, OK),
    Bad("B26-bom", b"\xef\xbb\xbf" + answer(900), 0, OK),
    Bad("B27-utf-16-le", answer(900)[:-1].decode().encode("utf-16-le") + b"\n", 1),
    Bad("B27-utf-16-be", answer(900)[:-1].decode().encode("utf-16-be") + b"\n", 1),
    Bad("B28-latin-1", raw(b"caf\xe9"), 0, OK),
    Bad("B29-overlong", raw(b"\xc0\xaf"), 0, OK),
    Bad("B30-cesu-8", raw(b"\xed\xa0\xbd\xed\xb8\x80"), 0, OK),
    Bad("B31-lone-surrogate", text('"\\ud83d"'), 0, OK),
    Bad("B32-reversed-pair", text('"\\ude00\\ud83d"'), 0, OK),
    Bad("B33-cut-emoji", raw("😀".encode()[:3]), 0, OK),
    Bad("B34-line-separators", raw("a\u2028b\u2029c\x85d".encode()), 0, OK),
    Bad("B35-raw-vt-ff-tab", raw(b"a\v\f\tb"), 1),
    Bad("B36-raw-escape", raw(b"\x1b[2J"), 1),
    Bad("B37-bidi", raw("\u202eabc\u2066".encode()), 0, OK),
    Bad("B38-combining", raw(("a" + "\u0301" * 10_000 + "\u200b").encode()), 0, OK),
    Bad("B39-noncharacters", raw("\ufffe\uffff".encode()), 0, OK),
    Bad("B40-gzip", gzip.compress(answer(900), mtime=0).replace(b"\n", b"") + b"\n", 1),
    Bad("B41-binary", b"\x7fELF\x02\x01\x01" + bytes(range(128, 256)) + b"\n", 1),
    Bad("B42-merge-conflict", b"<<<<<<< HEAD\n" + answer(900) + b"=======\n>>>>>>> theirs\n", 3, OK),
]
JSON = [
    Bad("B43-nan", usage("NaN"), 0, OK),
    Bad("B43-infinity", usage("-Infinity"), 0, OK),
    Bad("B44-1e999", usage("1e999"), 0, OK),
    Bad("B45-2-63", usage(str(2**63)), 0, OK),
    Bad("B45-minus-2-63", usage(str(-(2**63) - 1)), 0, OK),
    Bad("B46-5000-digits", usage("9" * 5000), 0, OK),
    Bad("B47-minus-0", usage("-0"), 0, OK),
    Bad("B47-1E400000000", usage("1E400000000"), 0, OK),
    Bad("B48-duplicate-keys", answer(900)[:-2] + b',"uuid":"a900","uuid":"a900"}\n', 0, OK),
    Bad("B49-depth-600", raw(b"x").replace(b'"x"', b"[" * 600 + b"]" * 600), 0, OK),
    Bad("B49-arrays", b"[" * 100_000 + b"]" * 100_000 + b"\n", 1),
    Bad("B49-objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n", 1),
    Bad("B49-deep-unknown", answer(900)[:-2] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", 1),
    Bad("B50-100k-keys", answer(900)[:-2] + b"".join(b',"k%d":1' % n for n in range(100_000)) + b"}\n", 0, OK),
    Bad("B51-1-mb-key", answer(900)[:-2] + b',"' + b"k" * (1 << 20) + b'":1}\n', 0, OK),
    Bad("B52-empty-key", answer(900)[:-2] + b',"":1}\n', 0, OK),
    Bad("B53-proto", answer(900)[:-2] + b',"__proto__":{"type":"x"},"constructor":1}\n', 0, OK),
    Bad("B54-array", b"[1,2]\n", 1),
    Bad("B54-string", b'"text"\n', 1),
    Bad("B54-null", b"null\n", 1),
    Bad("B54-number", b"12\n", 1),
    Bad("B55-trailing-comma", answer(900)[:-2] + b",}\n", 1),
    Bad("B56-single-quotes", b"{'type':'user'}\n", 1),
    Bad("B57-comments", b'{"type":"user"} // see above\n', 1),
    Bad("B58-unknown-type", answer(900).replace(b'"assistant"', b'"marble-origami"', 1), 0),
    Bad("B59-no-type", answer(900).replace(b'"type":"assistant",', b""), 0),
    Bad("B59-no-uuid", answer(900).replace(b'"uuid":"a900",', b""), 0, OK),
    Bad("B59-no-session", answer(900).replace(b'"sessionId":"%s",' % SESSION.encode(), b""), 0, OK),
    Bad("B61-self-parent", prompt(900, parentUuid="p900") + answer(900), 0, OK),
    Bad("B61-cycle", prompt(900, parentUuid="p901") + prompt(901, parentUuid="p900") + answer(900), 0, OK),
    Bad("B61-missing-parent", answer(900, parentUuid="nowhere"), 0, OK),
    Bad("B61-long-chain", b"".join(answer(n, parentUuid=f"a{n - 1}") for n in range(900, 3900)), 0,
        tuple(f"msg_{n}" for n in range(900, 3900))),
    Bad("B62-another-session", answer(900, sessionId="another"), 0, OK),
    Bad("B63-negative", usage("-5"), 0, OK),
    Bad("B63-float", usage("1.5"), 0, OK),
    Bad("B63-string", usage('"12"'), 0, OK),
    Bad("B63-10-18", usage("1" + "0" * 18), 0, OK),
    Bad("B64-new-fields", answer(900, extra={"a": [1, {"b": None}]}, effort="high"), 0, OK),
]  # fmt: skip


def stamped(value: object) -> bytes:
    return answer(900, timestamp=value)


TIME = [
    Bad("B65-no-timestamp", answer(900).replace(b'"timestamp":"2026-01-01T15:00:00.000Z",', b""), 0, OK),
    Bad("B66-yesterday", stamped("yesterday"), 0, OK),
    Bad("B67-30-february", stamped("2026-02-30T00:00:00.000Z"), 0, OK),
    Bad("B68-second-60", stamped("2026-01-01T00:00:60.000Z"), 0, OK),
    Bad("B69-year-1", stamped("0001-01-01T00:00:00.000Z"), 0, OK),
    Bad("B69-year-10000", stamped("10000-01-01T00:00:00.000Z"), 0, OK),
    Bad("B69-before-year-1", stamped("0001-01-01T00:00:00.000+14:00"), 0, OK),
    Bad("B70-nanoseconds", stamped("2026-01-01T15:00:00.123456789Z"), 0, OK),
    Bad("B71-no-zone", stamped("2026-01-01T15:00:00"), 0, OK),
    Bad("B71-odd-zone", stamped("2026-01-01T15:00:00.000+05:45"), 0, OK),
    Bad("B71-no-such-zone", stamped("2026-01-01T15:00:00.000+99:99"), 0, OK),
    Bad("B72-backwards", answer(905) + answer(900), 0, ("msg_900", "msg_905")),
    Bad("B72-number", stamped(1767279600000), 0, OK),
]
ALL = [*FRAMING, *BYTES, *JSON, *TIME]
