"""The signs that are drawn, and what stands for each where a terminal has only ASCII."""

PAIRS = (
    ("█■▋▊▉", "#"), ("░", "."), ("▏▎▍", "."), ("┃│├", "|"),
    ("\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}", "/"),
    ("◆", "!"), ("●", "*"), ("○", "o"), ("·─╌▄▅\N{EN DASH}", "-"), ("✗", "x"), ("✓╭╮╰╯", "+"), ("▲", "^"), ("→»≥", ">"),
    ("↳", "<"), ("▼▾", "v"), ("…", "~"), ("≣⏸▆▇", "="), ("▐", "["), ("▌", "]"), ("└", "`"), ("“”", '"'), ("▒", ":"),
    ("▁▂▃", "_"), ("▞▓", "%"), ("\N{NO-BREAK SPACE}", " "), ("\N{MINUS SIGN}", "-"), ("↑", "^"), ("↓", "v"),
    ("\N{MULTIPLICATION SIGN}", "x"),
)  # fmt: skip
ASCII = str.maketrans({sign: plain for signs, plain in PAIRS for sign in signs})
