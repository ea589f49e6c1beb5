"""A user with an agent, and settings files of every shape: what the tests of settings share."""

from pathlib import Path
from typing import Any

from collector.settings.change import make, plan, targets
from collector.settings.json_text import DEEPEST
from collector.settings.wanted import HOOKS

OTHERS = b'{"type": "command", "command": "notify-send done"}'
OLD = b'{"type": "command", "command": "/old/bin/fleetmeter-emit claude /root"}'
OLD_PATH = b'{"type": "command", "command": "python3 -I -S /gone/collector/emit.py claude /x", "async": true}'
# name → what the file says. Each is valid, and has nothing of ours.
JSON: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "blank": b"\n",
    "blank_crlf": b"\r\n \r\n",
    "object": b"{}",
    "object_newline": b"{}\n",
    "object_open": b"{\n}\n",
    "object_spaces": b"  { }  ",
    "minified": b'{"a":1,"b":[1,2],"c":{"d":null}}',
    "one_line": b'{"a": 1, "b": 2}',
    "one_line_spaced": b'{ "a": 1 }\n',
    "two_spaces": b'{\n  "model": "opus",\n  "env": {\n    "A": "1"\n  }\n}\n',
    "four_spaces": b'{\n    "model": "opus"\n}',
    "tabs": b'{\n\t"model": "opus",\n\t"hooks": {\n\t\t"Stop": []\n\t}\n}\n',
    "crlf": b'{\r\n  "model": "opus",\r\n  "x": []\r\n}\r\n',
    "bom": b'\xef\xbb\xbf{\n  "model": "opus"\n}\n',
    "bom_empty": b"\xef\xbb\xbf",
    "trailing_blank_lines": b'{\n  "a": 1\n}\n\n\n',
    "hooks_empty": b'{"hooks": {}}',
    "hooks_empty_spread": b'{\n  "hooks": {\n\n  },\n  "z": 1\n}\n',
    "event_empty": b'{\n  "hooks": {\n    "Stop": []\n  }\n}\n',
    "event_empty_spread": b'{\n  "hooks": {\n    "Stop": [\n    ]\n  }\n}\n',
    "others": b'{\n  "hooks": {\n    "Stop": [\n      {\n        "hooks": [%s]\n      }\n    ]\n  }\n}\n' % OTHERS,
    "others_packed": b'{"hooks":{"Stop":[{"matcher":"*","hooks":[%s]}],"PreToolUse":[]}}' % OTHERS,
    "others_many": b'{"hooks": {"Stop": [{"hooks": [%s]}, {"hooks": []}], "My": [{"hooks": [%s]}]}}' % (OTHERS, OTHERS),
    "comments": b'// mine\n{\n  // the model\n  "model": "opus", /* fast */\n  "x": 1 // last\n}\n// end\n',
    "comment_inside": b'{\n  "hooks": {\n    // none yet, {} [] "\n  }\n}\n',
    "comment_alone": b"{ /* nothing */ }",
    "comment_one_line": b'{"a": 1 /* , */}',
    "trailing_commas": b'{\n  "a": [1, 2,],\n  "hooks": {\n   "Stop": [\n  {"hooks": [%s,]},\n],\n },\n}\n' % OTHERS,
    "trailing_comma_comment": b'{\n  "a": 1, // why\n}\n',
    "unicode": '{\n  "name": "Zoë 🦉 \\ud83d\\ude00 \\u00e9 \u2028",\n  "путь": "/дом"\n}\n'.encode(),
    "lone_surrogate": b'{"a": "\\ud800"}',
    "escapes": b'{"a\\"b": "\\\\", "hooks\\u0000": "\\/", "\\u0068ooks": {"St\\u006fp": []}}',
    "duplicate": b'{"hooks": {"Stop": [1]}, "a": 1, "hooks": {"Stop": []}}',
    "odd_space": b'{ "a" :1 ,"b": [ 1 ,2 ] }',
    "ragged": b'{"a": 1,\n     "b": 2,\n "hooks":\n{ "Stop":\n[\n]} }',
    "numbers": b'{"a": -1.5e+10, "b": 0, "c": 1e400, "d": 123456789012345678901234567890}',
    "deep": b'{"a": ' + b"[" * (DEEPEST - 2) + b"]" * (DEEPEST - 2) + b"}",
    "large": b'{\n  "env": {\n' + b",\n".join(b'    "K%d": "%s"' % (n, b"v" * 180) for n in range(5_000)) + b"\n  }\n}",
    "status_line": b'{\n  "statusLine": {"type": "command", "command": "~/bin/line.sh --x", "padding": 0}\n}\n',
    "status_line_quotes": (
        b'{"statusLine":{"type":"command","command":"echo \'a b\' \\"c\\" \\u0027d\\\\n\\u00e9\\u0027 -- \'e\'"}}'
    ),
}  # fmt: skip
# Not touched, and told why.
BAD: dict[str, tuple[bytes, str]] = {
    "cut": (b'{\n  "a": 1,\n', "line 3, column 1"),
    "no_comma": (b'{"a": 1 "b": 2}', "line 1, column 9"),
    "single_quotes": (b"{'a': 1}", "line 1, column 2"),
    "open_string": (b'{\n  "a": "b\n}', "line 2, column 8"),
    "garbage_after": (b"{} x", "line 1, column 4"),
    "nothing_valued": (b'{"a": }', "line 1, column 7"),
    "constant": (b'{"a": NaN}', "line 1, column 7"),
    "bad_escape": (b'{"a": "\\x"}', "line 1, column 7"),
    "utf16": ('{"a": 1}'.encode("utf-16"), "line 1, column 1: it is not UTF-8"),
    "latin": (b'{\n "a": "\xe9"}', "line 2, column 8: it is not UTF-8"),
    "too_deep": (b"[" * (DEEPEST * 10), "too deeply"),
    "comment_open": (b'{"a": 1 /* x', "line 1, column 9"),
    "array": (b"[]", "not an object"),
    "number": (b"7", "not an object"),
    "hooks_array": (b'{"hooks": []}', "`hooks` is not an object"),
    "hooks_null": (b'{"hooks": null}', "`hooks` is not an object"),
    "event_object": (b'{"hooks": {"Stop": {}}}', "`hooks.Stop` is not a list"),
}
TOML: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "plain": b'model = "gpt"\n\n[tui]\nx = 1\n',
    "no_newline": b'model = "gpt"',
    "crlf": b'model = "gpt"\r\n[tui]\r\nx = 1\r\n',
    "crlf_no_newline": b'a = 1\r\nb = 2',
    "comments": b"# mine\na = 1 # why\n# end\n\n\n",
    "others": b"[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = 'x'\n[z]\n",
    "hooks_table": b"[hooks.state]\nx = 1\n",
    "unicode": '"имя" = "Zoë 🦉"\n'.encode(),
    "large": b"".join(b"k%d = '''\n[[hooks.Stop]]\n'''\n" % n for n in range(3_000)),
}  # fmt: skip
BAD_TOML: dict[str, tuple[bytes, str]] = {
    "invalid": (b"a = 1\nb = \n", "line 2"),
    "bom": (b"\xef\xbb\xbfa = 1\n", "line 1"),
    "duplicate": (b"a = 1\na = 2\n", "line 2"),
    "latin": (b'a = "\xe9"\n', "UTF-8"),
    "hooks_inline": (b"hooks = { Stop = [] }\n", "form"),
    "event_inline": (b"[hooks]\nStop = []\n", "form"),
}

AGENTS = {"claude": (".claude", "settings.json"), "codex": (".codex", "config.toml")}


class Desk:
    """A user with one agent, and the commands by name."""

    def __init__(self, folder: Path, agent: str) -> None:
        self.user, self.home = folder / "u ser", folder / "data"
        self.agent, (root, name) = agent, AGENTS[agent]
        self.root = self.user / root
        self.path = self.root / name
        self.root.mkdir(parents=True)

    def put(self, content: bytes | None) -> None:
        if content is not None:
            self.path.write_bytes(content)

    def content(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def listen(self, port: int = 43210) -> None:
        """A collector that is there listens on this port."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        (self.home / "config.toml").write_text(f"[telemetry]\nport = {port}\n")

    def do(self, is_install: bool, what: str = HOOKS, project: str | None = None, *, is_http: bool = False) -> str:
        words = (str(self.home), what, {}, str(self.user), project, (self.agent,))
        (target,) = targets(*words, is_install=is_install, is_http=is_http)
        change = plan(str(self.home), target, is_install=is_install)
        make(str(self.home), target, change, is_install=is_install)
        return plan(str(self.home), target, is_install=True).standing


def commands(value: Any) -> list[str]:
    """The commands of all hooks that a file tells of."""
    found: list[str] = []
    for groups in value.get("hooks", {}).values():
        for group in groups if isinstance(groups, list) else ():
            found += [hook["command"] for hook in group["hooks"]] if isinstance(group, dict) else []
    return found
