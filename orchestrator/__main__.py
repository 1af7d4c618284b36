"""`python -m orchestrator` is `orchestrate`."""

from orchestrator.cli.start import main

main()
