"""What each form of metric makes of its data. `orchestrator.evidence.forms` has the table of them."""
