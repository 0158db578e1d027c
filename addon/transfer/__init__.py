"""What we do, one verb per file: only here do both gates and the records meet."""
