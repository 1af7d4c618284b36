"""Run a runner of the founding plan on a checkout: what it imports of the encoder is the checkout's. Usage: runner.py
CHECKOUT RUNNER PARAMS.

PARAMS is JSON. The checkout stands before everything that is installed. So the hand-in is in the process that records:
enough to show how agents do this plan, and no proof against one that cheats. docs/guides/agents.md says what an
instrument has to keep to.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from orchestrator.context import EvidenceFile, FileContext
from workstreams import RUNNERS

runner = next(one for one in RUNNERS if one.name == sys.argv[2])
evidence = EvidenceFile(Path(os.environ["ORCHESTRATE_EVIDENCE"]))
runner.run(
    FileContext(
        task=runner.name, attempt=1, params=json.loads(sys.argv[3]), folder=Path.cwd(), project=Path.cwd(), inputs=(),
        seed=1,
        metrics=runner.metrics, evidence=evidence,
    )
)  # fmt: skip
evidence.close()
