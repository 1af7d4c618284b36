"""The durable record of runs: one append-only table of events, one lease per run."""
