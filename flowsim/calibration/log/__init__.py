"""Event logs: one row a visit -> a scenario that runs, and what was assumed in it."""
