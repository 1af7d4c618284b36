"""The claim of a turn, as plain data."""

from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim of a turn. agent: of the plan; name: what the claimant calls itself; channel: "mcp http" or "mcp stdio".

    secret: sha256 of the token that the claimant was given, by which it is known. seconds: of silence after which it
    has lost the claim.
    """

    agent: str
    name: str
    channel: str
    secret: str
    seconds: float
