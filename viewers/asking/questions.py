"""The questions of VIEWS.md, each a name and a select: what it says there can be asked with one press."""

import re

from store.light import NamedTuple
from viewers.asking.schema_list import described

CHAPTER = re.compile(r"^## Ten questions\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
QUESTION = re.compile(r"^```sql\n-- ([^\n]*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


class Question(NamedTuple):
    """A select, and what it answers."""

    name: str
    text: str


def questions() -> list[Question]:
    """In their order."""
    chapter = CHAPTER.search(described())
    return [Question(name, text.rstrip(";")) for name, text in QUESTION.findall(chapter[1])] if chapter else []
