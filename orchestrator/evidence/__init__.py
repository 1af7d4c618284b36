"""Evidence: declared metrics, measurements, and the verdicts that are drawn from them and from nothing else."""
