"""How the lines that tell of one answer become one answer, whatever order they are seen in."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import astuple

from store.facts import Response, Tokens

PathOf = Callable[[int], bytes]  # the path of a generation's file: the last word where nothing else decides
NEVER = "9999"
BACKGROUND = "background"  # the outcome of a call that goes on: any other, told later or before, is its end
WORTH = {
    "progress": 0,
    "rest": 1,
    "growth": 2,
    "total": 3,
    "event": 4,
    "telemetry": 5,
    "transcript": 6,
}  # of an answer's evidence
REMAINDERS = ("rest", "growth")  # what is left of a sum: the more of its answers are known, the less
FIELDS = Response.__struct_fields__
PART, MODEL, REPORTED, COLUMNS = (FIELDS.index(n) for n in ("part", "model", "reported_usd_micros", "nested"))
MEASURED = (*FIELDS[MODEL : REPORTED + 1], "best_at", "best_generation_id", "best_byte_offset", "nested")


def merge(known: Response, line: Response, path_of: PathOf) -> None:
    """Fold another line of the same answer, in the same session, into what is known of it."""
    if known.evidence != line.evidence:
        if WORTH[line.evidence] > WORTH[known.evidence]:
            _become(known, line)
        return
    take_best(known, line, path_of)
    if _is_earlier(line, known, path_of):
        known.at, known.is_branch = line.at, line.is_branch
        known.run, known.run_kind, known.branch = line.run, line.run_kind, line.branch
        known.generation_id, known.byte_offset = line.generation_id, line.byte_offset
        known.prompt_id = line.prompt_id or known.prompt_id
    elif known.prompt_id is None:
        known.prompt_id = line.prompt_id


def take_best(known: Response, line: Response, path_of: PathOf) -> None:
    """The line with the greatest output is the one that counts, the later one on a tie; never a mix of two."""
    if line.ended_at is not None and (known.ended_at is None or line.ended_at > known.ended_at):
        known.ended_at = line.ended_at
    if line.stop_reason is not None and (known.stop_reason is None or line.stop_reason > known.stop_reason):
        known.stop_reason = line.stop_reason
    if _is_better(line, known, path_of):
        for name in MEASURED:
            setattr(known, name, getattr(line, name))


def follow(
    known: Response, tokens: Tokens, nested: tuple[Tokens, ...], reported_usd_micros: int | None,
    stop_reason: str | None, prompt_id: str | None, at: str | None, byte_offset: int,
) -> bool:  # fmt: skip
    """The usual case of merge, without a row for the line: one further down the same file, and no earlier in time.

    False, and nothing done, when it is another case.
    """
    if at is None or known.at is None or at < known.at or known.best_generation_id != known.generation_id:
        return False
    if known.ended_at is None or at > known.ended_at:
        known.ended_at = at
    if stop_reason is not None and (known.stop_reason is None or stop_reason > known.stop_reason):
        known.stop_reason = stop_reason
    if known.prompt_id is None:
        known.prompt_id = prompt_id
    output, most = tokens[6], known.output_tokens
    if output > most or (output == most and at >= known.best_at):
        (
            known.model, known.tier, known.input_tokens, known.cache_read_tokens, known.cache_write_5m_tokens,
            known.cache_write_1h_tokens, known.output_tokens, known.reasoning_tokens, known.web_searches,
        ) = tokens  # fmt: skip
        known.nested, known.reported_usd_micros = nested, reported_usd_micros
        known.best_at, known.best_byte_offset = at, byte_offset
    return True


def parts(response: Response) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer: itself, and the calls inside it that are billed on top."""
    row = astuple(response)[:COLUMNS]
    yield row
    for part, tokens in enumerate(response.nested, 1):
        yield (*row[:PART], part, *row[PART + 1 : MODEL], *tokens, None, *row[REPORTED + 1 :])


def whole(rows: list[tuple[Any, ...]]) -> Response:
    """The answer that its rows were made from; the first is the answer itself."""
    nested: tuple[Tokens, ...] = tuple(row[MODEL:REPORTED] for row in rows[1:])  # pyright: ignore[reportAssignmentType] - a slice of the row
    return Response(*rows[0], nested=nested)


def _is_better(line: Response, known: Response, path_of: PathOf) -> bool:
    if line.evidence in REMAINDERS:
        if _tokens(line) != _tokens(known):
            return _tokens(line) < _tokens(known)
    elif line.output_tokens != known.output_tokens:
        return line.output_tokens > known.output_tokens
    if line.best_at != known.best_at:
        return line.best_at > known.best_at
    if line.best_generation_id == known.best_generation_id:
        return line.best_byte_offset > known.best_byte_offset
    return path_of(line.best_generation_id) > path_of(known.best_generation_id)


def _tokens(line: Response) -> int:
    return line.input_tokens + line.cache_read_tokens + line.output_tokens


def _is_earlier(line: Response, known: Response, path_of: PathOf) -> bool:
    line_at, known_at = line.at or NEVER, known.at or NEVER
    if line_at != known_at:
        return line_at < known_at
    if line.is_branch != known.is_branch:
        return known.is_branch
    if line.generation_id == known.generation_id:
        return line.byte_offset < known.byte_offset
    return path_of(line.generation_id) < path_of(known.generation_id)


def _become(known: Response, line: Response) -> None:
    for name in line.__struct_fields__:
        setattr(known, name, getattr(line, name))


def least(known: str | None, said: str | None) -> str | None:
    """Of two words the one that wins whatever order they come in, as when rows are merged."""
    return min(known, said) if known and said else known or said


def most(known: int | None, said: int | None) -> int | None:
    """The same for numbers."""
    return said if known is None else known if said is None else max(known, said)


def greatest(known: str | None, said: str | None) -> str | None:
    """The same for facts of which the greatest wins."""
    return max(known, said) if known and said else known or said
