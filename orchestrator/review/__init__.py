"""Two versions of a plan held against each other: what changed, and whether the contract was loosened."""
