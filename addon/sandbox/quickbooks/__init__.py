"""A pretend QuickBooks Online: companies that record, refuse and forget."""
