"""
What can go wrong when we speak to QuickBooks.

* QuickBooksError
  + Unreachable      no clear answer; look whether it arrived, then ask again
    - Malformed      it answered, but not with anything we can read
    - Unclear        it answered that it does not know what became of the call
  + Busy             it asked us to wait; nothing was done, ask again later
  + Disconnected     our permission is gone; a person must connect again
  + Rejected         it understood and said no; a person must fix something
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """
    One refusal in QuickBooks' own words.

    `code` has no leading zeros; it reads "HTTP 404" where QuickBooks gave no code of
    its own. `tid` is Intuit's number for the call, which their support asks for;
    `is_theirs` that QuickBooks blames itself (QuickBooks: fault types, SystemFault).
    """

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""
    tid: str = ""
    is_theirs: bool = False


class QuickBooksError(Exception):
    """
    A call to QuickBooks brought no result.

    `fault` is what QuickBooks said, None where it said nothing.
    """

    def __init__(self, message: str, fault: Fault | None = None) -> None:
        super().__init__(message)
        self.fault = fault


class Unreachable(QuickBooksError):
    """
    QuickBooks gave no clear answer.

    `sent` says whether the request may have reached QuickBooks. A write that may
    have arrived must be looked up before it is repeated.
    """

    def __init__(self, message: str, *, sent: bool, fault: Fault | None = None) -> None:
        super().__init__(message, fault)
        self.sent = sent


class Malformed(Unreachable):
    """QuickBooks answered with something that is not an answer."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message, sent=sent)


class Unclear(Unreachable):
    """QuickBooks is there, and says that it may have done what we asked, or not."""

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message, sent=True, fault=fault)


class Busy(QuickBooksError):
    """QuickBooks did nothing and wants to be asked again in `retry_after` seconds."""

    def __init__(
        self, message: str, *, retry_after: float, fault: Fault | None = None
    ) -> None:
        super().__init__(message, fault)
        self.retry_after = retry_after


class Disconnected(QuickBooksError):
    """
    QuickBooks no longer lets us in.

    `renewable` is true where a fresh access token may still help.
    """

    def __init__(
        self, message: str, *, renewable: bool = False, fault: Fault | None = None
    ) -> None:
        super().__init__(message, fault)
        self.renewable = renewable


class Rejected(QuickBooksError):
    """QuickBooks refused, for the reason in `fault`."""

    fault: Fault

    def __init__(self, fault: Fault) -> None:
        said = fault.detail or fault.message or "no reason given"
        super().__init__(f"QuickBooks refused with {fault.code or 'no code'}: {said}")
        self.fault = fault
