"""Why a run waits, in words, and what ends that."""

from addon.quickbooks.errors import Fault
from addon.quickbooks.faults import explain
from addon.records import connection as connections
from addon.records.connection import Company
from addon.transfer.job import Job
from addon.transfer.receipts import raw_of
from addon.transfer.renew import mark_reconnect

SLOW_DOWN = (
    "QuickBooks asked us to slow down; that is not a failure. We go on by ourselves in"
    " a moment."
)


def in_words(job: Job, fault: Fault) -> str:
    """Say why a run waits that a fault concerns as a whole, and what ends that."""
    said = explain(fault, {"company": job.company.name}, paused=True)
    return f"{said.text} {said.cure}"


def wait_for_connection(job: Job, fault: Fault | None) -> None:
    """Let a run wait whose permission was refused, unless a person has given anew."""
    mark_reconnect(job.outside, job.held)
    held = connections.current()
    is_gone = held is None or held.company_id != job.company.id
    if held is not None and not is_gone and held.works:
        job.held = held
        job.commit()
        return
    said = waiting(job.company, is_gone=is_gone)
    if fault is not None and not is_gone:
        said = in_words(job, fault)
    job.pause(said, raw_of(fault))


def waiting(company: Company, *, is_gone: bool) -> str:
    """Say what a run waits for that has no working connection."""
    if is_gone:
        return (
            f"Not connected to {company.name}. The run goes on by itself once an admin"
            " has connected it again."
        )
    return (
        f"The connection to {company.name} must be renewed. The run goes on by itself"
        " once an admin has reconnected it in the settings."
    )
