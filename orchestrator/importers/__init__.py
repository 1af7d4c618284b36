"""Work breakdowns that others wrote, as plans: what was understood, and line by line what was not."""
