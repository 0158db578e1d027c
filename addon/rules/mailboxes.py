"""Which e-mail addresses are those of a house rather than of a person."""

_SHARED = """
    accounting accounts admin administration ap ar billing bookkeeping buchhaltung
    buero contact contato contabilidad desk empfang enquiries facturation finance
    hallo hello help helpdesk hi hr info inquiries invoice invoices it jobs kontakt
    mail mailbox no-reply noreply office orders payables payroll post rechnung
    rechnungen reception sales service services staff support team verwaltung work
"""
_SHARED_BOXES = frozenset(_SHARED.split())


def mailbox(email: str) -> str:
    """Give what stands before the "@", without what was added by "+"."""
    return email.strip().casefold().partition("@")[0].partition("+")[0]


def is_shared(email: str) -> bool:
    """Say whether an address is office@, info@ or the like: whose, it does not tell."""
    return mailbox(email) in _SHARED_BOXES
