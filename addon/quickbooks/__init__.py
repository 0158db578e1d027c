"""The gate to QuickBooks Online: its words, its answers and its refusals."""
