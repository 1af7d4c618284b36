"""Supporting roles: SENTRY observes, ARCHITECT reviews, MENTOR recommends; and the final report's body."""

from typing import Final

from orchestrator.runner import Runner
from workstreams.oversight.architecture import ARCHITECTURE
from workstreams.oversight.final import FINAL_REPORT
from workstreams.oversight.observation import OBSERVATION
from workstreams.oversight.recommendations import RECOMMENDATIONS

RUNNERS: Final[tuple[Runner, ...]] = (ARCHITECTURE, OBSERVATION, RECOMMENDATIONS, FINAL_REPORT)
