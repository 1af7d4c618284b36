"""What this machine offers a run, what is missing, and what to do about it."""
