"""Spans as plain data, and the names that they use: the semantic conventions for generative AI (v0.1.0), and
`orchestrate.*` of our own.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from orchestrator.records import dataclass

Value = str | int | float | bool
"""What an attribute may be."""

OPERATION: Final = "gen_ai.operation.name"
WORKFLOW: Final = "invoke_workflow"
AGENT: Final = "invoke_agent"
CHAT: Final = "chat"
AGENT_NAME: Final = "gen_ai.agent.name"
AGENT_DESCRIPTION: Final = "gen_ai.agent.description"
CONVERSATION: Final = "gen_ai.conversation.id"
MODEL: Final = "gen_ai.request.model"
PROVIDER: Final = "gen_ai.provider.name"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
EVALUATION: Final = "gen_ai.evaluation.result"
EVALUATION_NAME: Final = "gen_ai.evaluation.name"
SCORE: Final = "gen_ai.evaluation.score.value"
LABEL: Final = "gen_ai.evaluation.score.label"
EXPLANATION: Final = "gen_ai.evaluation.explanation"
ERROR_TYPE: Final = "error.type"
PROVIDERS: Final[Mapping[str, str]] = {"gemini": "gcp.gemini"}
"""Providers that the conventions call something else than we do."""


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something at one moment of a span. at: nanoseconds since the epoch."""

    name: str
    at: int
    attributes: Mapping[str, Value]


@dataclass(slots=True)
class Span:
    """One part of a run. key: its place in the run, the same whenever the run is exported; parent: the key of the part
    around it, None of the run itself.

    start, end: nanoseconds since the epoch. client: it is a call of somebody else. error: why it failed, "" where it
    did not.
    """

    key: str
    parent: str | None
    name: str
    start: int
    end: int
    attributes: dict[str, Value] = field(default_factory=dict)
    events: list[SpanEvent] = field(default_factory=list)
    client: bool = False
    error: str = ""
