"""Secrets that lie in transcripts, told by their shape and hidden until somebody asks to see one.

Only shapes that little else has: a text that is hidden without need is a text that nobody can read."""

import re
from functools import lru_cache

HIDDEN = "(hidden)"
SHORT = 400
"""Characters of a text that is likely to be shown again, such as a prompt in a list that is drawn every second."""

_WORD = r"[A-Za-z0-9_\-]"
_VALUE = r"(?P<value>[^\s\"'`,;&]{6,})"
# What comes before says what it is: the value alone is hidden.
NAMED = (
    rf"(?i:authorization)[\"']?\s*[:=]\s*[\"']?(?i:bearer|basic|token)\s+{_VALUE}",
    r"\b(?i:bearer)\s+(?P<value>[A-Za-z0-9._~+/\-]{16,}=*)",
    rf"(?i:x-api-key|api-key|x-auth-token|private-token)[\"']?\s*[:=]\s*[\"']?{_VALUE}",
    r"(?<![A-Za-z])(?i:password|passwd|secret|api_?key|access_?token|auth_?token|client_?secret|secret_?key"
    rf"|private_?key|[a-z0-9]+_(?:token|secret|password|apikey|api_key))[\"']?\s*(?:=|:\s*[\"'])\s*[\"']?{_VALUE}",
    r"(?<![A-Za-z])(?:[A-Z0-9]+_)+(?:TOKEN|SECRET|PASSWORD|KEY|PASS)\s*=\s*[\"']?" + _VALUE,
    r"[a-z][a-z0-9+.\-]{1,20}://[^\s/:@]{1,80}:(?P<value>[^\s/@]{3,})@",
    r"(?<![\w-])(?:--password|--token|--secret|--api-key)[= ][\"']?" + _VALUE,
    r"(?<![\w-])-u\s+[^\s:]{1,60}:(?P<value>[^\s\"']{4,})",
    r"AccountKey=(?P<value>[A-Za-z0-9+/]{40,}={0,2})",
    r"SharedAccessSignature=(?P<value>\S{20,})",
    r"[?&](?:sig|signature|X-Amz-Signature|access_token)=(?P<value>[A-Za-z0-9%._\-]{16,})",
    r"_authToken=(?P<value>\S{12,})",
)
# What says by itself that it is a secret.
SHAPED = (
    rf"\bsk-ant-{_WORD}{{16,}}", rf"\bsk-proj-{_WORD}{{16,}}", rf"\bsk-or-{_WORD}{{16,}}", r"\bsk-[A-Za-z0-9]{20,}",
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b", r"\bgh[pousr]_[A-Za-z0-9]{30,}", r"\bgithub_pat_[A-Za-z0-9_]{30,}",
    rf"\bglpat-{_WORD}{{18,}}", rf"\bgl(?:dt|rt|cbt|ptt|ft|soat)-{_WORD}{{18,}}", rf"\bxox[abeoprs]-{_WORD}{{10,}}",
    rf"\bxapp-\d-{_WORD}{{10,}}", r"hooks\.slack\.com/services/[A-Za-z0-9/]{20,}", rf"\bAIza{_WORD}{{35}}",
    rf"\bya29\.{_WORD}{{20,}}", rf"\bGOCSPX-{_WORD}{{20,}}", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    r"\bwhsec_[A-Za-z0-9+/]{20,}", r"\bSK[0-9a-f]{32}\b", r"\bAC[0-9a-f]{32}\b",
    rf"\bSG\.{_WORD}{{16,}}\.{_WORD}{{16,}}",
    r"\bkey-[0-9a-f]{32}\b", r"\b[0-9a-f]{32}-us\d{1,2}\b", r"\bnpm_[A-Za-z0-9]{30,}", rf"\bpypi-{_WORD}{{40,}}",
    r"\bhf_[A-Za-z0-9]{30,}", r"\br8_[A-Za-z0-9]{30,}", r"\bdop_v1_[0-9a-f]{40,}", rf"\bdckr_pat_{_WORD}{{20,}}",
    r"\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}", r"\blin_api_[A-Za-z0-9]{30,}", r"\bntn_[A-Za-z0-9]{30,}",
    r"\bsecret_[A-Za-z0-9]{40,}", r"\bPMAK-[0-9a-f]{20,}-[0-9a-f]{30,}", rf"\bhv[sbr]\.{_WORD}{{20,}}",
    r"\bglsa_[A-Za-z0-9]{30,}_[0-9a-f]{8}", rf"\bsntr[ysu]{{1,2}}_{_WORD}{{30,}}", rf"\bATATT3{_WORD}{{30,}}",
    rf"\beyJ{_WORD}{{8,}}\.eyJ{_WORD}{{8,}}\.{_WORD}{{8,}}", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}",
    r"\bgsk_[A-Za-z0-9]{40,}", r"\bxai-[A-Za-z0-9]{40,}", r"\bpplx-[A-Za-z0-9]{40,}",
    rf"\b\d{{8,10}}:AA{_WORD}{{32,}}",
    rf"\b(?:mfa\.{_WORD}{{80,}}|[MNO]{_WORD}{{23,27}}\.{_WORD}{{6}}\.{_WORD}{{27,}})",
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
)  # fmt: skip
_NAMED = [re.compile(pattern) for pattern in NAMED]
_SHAPED = re.compile("|".join(f"(?:{pattern})" for pattern in SHAPED))
# Where none of these stands, no pattern can match: most texts are looked at once.
_HINT = re.compile(
    r"(?i)key|token|secret|passw|pass\s*=|bearer|authorization|://[^\s/]*@|signature|sig=|-u\s|[a-z0-9]{2,}[-_.][\w.-]{14}"
    r"|[A-Z0-9]{18}|private|hooks\.slack"
)
MASKED = re.compile(r"[*x•.…<$({\[]|(?i:your|example|changeme|redacted|none|null|true|false|process\.|os\.|env)")


def hide(text: str) -> str:
    """The text with every secret put out of sight; that something was there, and its first letters, stay."""
    return _known(text) if len(text) <= SHORT else _hide(text)


def _hide(text: str) -> str:
    if _HINT.search(text) is None:
        return text
    text = _SHAPED.sub(lambda found: found[0][:4].rstrip("-") + HIDDEN, text)
    for pattern in _NAMED:
        text = pattern.sub(_hidden, text)
    return text


_known = lru_cache(2048)(_hide)


def has_secret(text: str) -> bool:
    """Whether anything would be hidden."""
    return hide(text) != text


def _hidden(found: "re.Match[str]") -> str:
    value = found["value"]
    if HIDDEN in value or MASKED.match(value):
        return found[0]
    begin, end = found.span("value")
    return found.string[found.start() : begin] + HIDDEN + found.string[end : found.end()]
