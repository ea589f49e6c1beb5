"""What only the collector's side can say, for viewers that never read a file of an agent: its own functions."""

from collections.abc import Callable, Mapping, Sequence

from store.edit import Edit
from store.light import NamedTuple
from viewers.reading.show import Texts

Edits = Callable[[str, list[int], Sequence[str]], dict[str, list[Edit]]]
"""What calls of some sessions changed in files: the database counts the lines, the lines have them."""
Resumes = Callable[[], Mapping[str, tuple[str, ...]]]
"""By agent how one types that a session is to go on; its id follows."""


class Told(NamedTuple):
    """Each is imported when it is asked for."""

    texts: Callable[[], Texts]
    edits: Callable[[], Edits]
    resumes: Resumes
