"""The gate to Clockify: its tokens, its addresses, its JSON and its errors."""
