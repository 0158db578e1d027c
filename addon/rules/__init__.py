"""Which hours may cross, and as what: pure values and functions, nothing else."""
