"""
What can go wrong when we speak to Clockify.

* ClockifyError
  + Unreachable         we do not know whether it arrived; ask again later
    - Malformed         something answered, but not what Clockify promises
  + Busy                it asked us to slow down; ask again after a while
  + Uninstalled         our token is dead; a person must install the add-on again
  + NotPermitted        this token lacks a scope or its owner lacks a role
  + Rejected            it understood and said no; a person must fix something
  + ForbiddenAddress    an address we are not willing to call
"""


class ClockifyError(Exception):
    """Anything that kept Clockify from giving us what we asked for."""


class Unreachable(ClockifyError):
    """No usable answer came, so the outcome is unknown."""


class Malformed(Unreachable):
    """An answer came that is not what Clockify promises to send."""


class Busy(ClockifyError):
    """Clockify asked us to wait; `retry_after` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        """Remember how many seconds to stay away."""
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        """Say how long to wait."""
        return f"Clockify is busy; ask again in {self.retry_after:.0f} seconds."


class Uninstalled(ClockifyError):
    """The token is no longer valid: the add-on was removed from this workspace."""


class NotPermitted(ClockifyError):
    """The token may not do this; `what` names the permission where Clockify did."""

    def __init__(self, what: str) -> None:
        """Remember which permission is missing."""
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        """Say what is missing."""
        return f"Clockify does not permit this: {self.what or 'no reason given'}."


class Rejected(ClockifyError):
    """Clockify refused; `code` is its own number, or the HTTP status without one."""

    def __init__(self, code: int, message: str) -> None:
        """Remember the number and the words of the refusal."""
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        """Give the refusal in Clockify's words."""
        return f"Clockify refused ({self.code}): {self.message}"


class ForbiddenAddress(ClockifyError):
    """The address is outside the list of hosts that this add-on may call."""
