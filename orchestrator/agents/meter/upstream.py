"""A provider's address and key, and which parts of requests and answers are passed on. Pure.

Headers that could carry the agent's token are removed, and the key is added. Each side keeps its own connection.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.agents.meter.providers import PROVIDERS, Provider

OURS: Final = frozenset({
    "host", "authorization", "x-api-key", "x-goog-api-key", "api-key", "content-length", "accept-encoding",
    "connection",
    "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect", "proxy-authorization", "proxy-connection",
    "cookie", "forwarded",
})  # fmt: skip
"""Headers of an agent that are not passed on."""
HOP: Final = frozenset({
    "content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive", "set-cookie", "trailer",
    "upgrade",
})  # fmt: skip
"""Headers of an answer that are not passed on."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a provider is, and the key to it."""

    base: str
    key: str


def upstreams(environment: Mapping[str, str]) -> dict[str, Upstream]:
    """Every provider whose key is set."""
    found = {}
    for name, each in PROVIDERS.items():
        key = next((environment[variable] for variable in each.keys if environment.get(variable)), None)
        base = next((environment[variable] for variable in each.bases if environment.get(variable)), each.upstream)
        if key is not None:
            found[name] = Upstream(base.rstrip("/"), key)
    return found


def address(provider: Provider, base: str, path: str, query: str) -> str:
    """Where a request goes. The token is taken out where it is in the query. path: as it was sent, escapes and all."""
    below = path.removeprefix(provider.suffix.lstrip("/")).lstrip("/") if provider.suffix else path
    kept = "&".join(each for each in query.split("&") if each and not each.startswith("key="))
    return f"{base}/{below}" + (f"?{kept}" if kept else "")


def headers_out(provider: Provider, key: str, given: Mapping[str, str]) -> dict[str, str]:
    """The agent's headers with the key in place of its token."""
    kept = {name: value for name, value in given.items() if name.lower() not in OURS}
    return {**kept, provider.header: provider.prefix + key, "accept-encoding": "identity"}


def headers_back(raw: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The provider's headers, those that are one connection's own left out."""
    told = ((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in raw)
    return [(name, value) for name, value in told if name.lower() not in HOP]


def body_out(said: Mapping[str, Any], body: bytes, path: str) -> bytes:
    """The body, with usage asked for where a stream of OpenAI's chat would not tell it."""
    if not (said.get("stream") is True and path.endswith("/chat/completions")):
        return body
    options = said.get("stream_options")
    if options is None and "stream_options" not in said and body[:1] == b"{" and body[1:2] != b"\0":
        return b'{"stream_options":{"include_usage":true},' + body[1:]  # a long conversation need not be written again
    options = options if isinstance(options, dict) else {}
    return json.dumps({**said, "stream_options": {**options, "include_usage": True}}).encode()


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object; empty if it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
