"""Plans: a work breakdown as YAML, checked strictly and turned into data."""
