"""What is told inside the app."""

from textual.message import Message

from viewers.panels.reading import Told


class Answered(Message):
    """Something was read."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told
