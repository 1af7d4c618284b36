"""The comparison of two versions of a plan: what changed, and whether the contract was loosened."""
