"""The errors that fleetmeter raises for people: what is wrong, and what to do about it."""


class FleetmeterError(Exception):
    """Ends a command with a message; the hint says what the user can do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoDatabaseYet(FleetmeterError):
    """Nothing was recorded on this machine so far; viewers show this as a state, not as a failure."""


class LockHeld(FleetmeterError):
    """Another process writes; pid is 0 when it has not said its name yet."""

    def __init__(self, message: str, *, hint: str, pid: int) -> None:
        super().__init__(message, hint=hint)
        self.pid = pid


class Damaged(FleetmeterError):
    """What lies where the database should be was one, and cannot be trusted any more: whoever writes puts it aside."""
