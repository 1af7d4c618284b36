"""What of an agent's words is kept: as much as the journal should hold, and no figure that is none."""

import math
from typing import Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Claim

TEXT_KEPT: Final = 4_000
NAME_KEPT: Final = 200


class Refusal(OrchestratorError):  # noqa: N818 - named after what happened
    """The run says no; the message says why, and what to do."""

    exit_code = 2


def kept(text: str, limit: int = TEXT_KEPT) -> str:
    """As much of what an agent says as is kept. Halves of characters, which no text can hold, stand as "?"."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8")


def figure(metric: str, value: float, unit: str) -> Claim:
    """A figure that can be kept. Raises Refusal for any other."""
    if not math.isfinite(value):
        raise Refusal("the value of a figure is a finite number\n  mend: say in `progress` what could not be measured")
    if max(len(metric), len(unit)) > NAME_KEPT:
        raise Refusal(f"the metric and the unit of a figure have at most {NAME_KEPT} characters each")
    return Claim(kept(metric), value, kept(unit))
