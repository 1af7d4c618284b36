"""What other processes of the same user ask of the owner of a run: plain data, and its form on the socket."""

import hashlib
import json
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from orchestrator.evidence.measurement import Claim
from orchestrator.journal.codec import plain
from orchestrator.records import dataclass
from orchestrator.state.people import Answer
from orchestrator.state.questions import Reply


@dataclass(frozen=True, slots=True)
class Answering:
    """A person answers what a task waits for."""

    task: str
    answer: Answer
    kind: Literal["answering"] = "answering"


@dataclass(frozen=True, slots=True)
class Replying:
    """A person answers what an agent asked while it worked. number: of the question within the task."""

    task: str
    number: int
    reply: Reply
    kind: Literal["replying"] = "replying"


@dataclass(frozen=True, slots=True)
class Claiming:
    """An agent takes a turn. secret: sha256 of the token by which it is known from now on; name: what it calls
    itself.
    """

    task: str
    agent: str
    name: str
    channel: str
    secret: str
    kind: Literal["claiming"] = "claiming"


@dataclass(frozen=True, slots=True)
class Saying:
    """The claimant of a turn lives, and says something, or nothing (""). claim: a figure in it."""

    task: str
    attempt: int
    secret: str
    text: str = ""
    claim: Claim | None = None
    kind: Literal["saying"] = "saying"


@dataclass(frozen=True, slots=True)
class HandingIn:
    """The claimant of a turn is done with it."""

    task: str
    attempt: int
    secret: str
    said: str = ""
    kind: Literal["handing_in"] = "handing_in"


@dataclass(frozen=True, slots=True)
class LettingGo:
    """The claimant of a turn gives it back."""

    task: str
    attempt: int
    secret: str
    why: str = ""
    kind: Literal["letting_go"] = "letting_go"


OfClaimant = Saying | HandingIn | LettingGo
Request = Answering | Replying | Claiming | OfClaimant


def secret_of(token: str) -> str:
    """A name for a token that does not reveal it."""
    return hashlib.sha256(token.encode()).hexdigest()


def spelled(request: Request) -> bytes:
    """The request as one line."""
    return json.dumps(plain(request)).encode() + b"\n"


def read(line: bytes) -> Request:
    """The inverse of `spelled`. Raises ValueError if it is not a request."""
    try:
        return _reader().validate_json(line)
    except ValidationError as error:
        raise ValueError(str(error)) from error


@cache
def _reader() -> TypeAdapter[Request]:
    return TypeAdapter(Annotated[Request, Field(discriminator="kind")])
