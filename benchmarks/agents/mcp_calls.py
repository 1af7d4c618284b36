"""How long a call of the MCP server takes with 16 clients at once, over streamable HTTP, by the SDK's own client.

    python -m benchmarks.agents.mcp_calls [--clients 16] [--calls 40] [--pause 0.5]

A run waits for an agent; one client holds the claim. Every client makes calls with pauses between them, as agents do:
what waits (`next_tasks`), the verdicts so far, and the claimant its heartbeat, which the run's own process answers once
it is heard. The server is a process of its own (`orchestrate serve`). Printed are the median and the 95th percentile of
each tool; exit code 1 where that of all calls is above 20 ms.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from benchmarks.agents.claims import project

BAR: Final = 0.020
Took = dict[str, list[float]]


async def calls(url: str, token: str, claim: str, asked: argparse.Namespace, took: Took) -> None:
    """One client's calls."""
    dice = random.Random()
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        tools: dict[str, dict[str, Any]] = {
            "next_tasks": {},
            "verdicts": {"task": "A.it"},
            "heartbeat": {"claim": claim},
        }
        for number in range(asked.calls):
            await asyncio.sleep(dice.uniform(0, 2 * asked.pause))
            name = [*tools][number % len(tools)]
            start = time.perf_counter()
            answered = await client.call_tool(name, tools[name])
            took.setdefault(name, []).append(time.perf_counter() - start)
            assert not answered.is_error, answered.content


async def measure(served: dict[str, Any], asked: argparse.Namespace) -> Took:
    """All clients at once, after one has claimed."""
    url, token = served["url"], served["tokens"]["X"]
    took: Took = {}
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        claimed = None
        while claimed is None or claimed.is_error:
            await asyncio.sleep(0.2)
            claimed = await client.call_tool("claim", {})
        claim = claimed.structured_content["claim"]
        await asyncio.gather(*(calls(url, token, claim, asked, took) for _ in range(asked.clients)))
        await client.call_tool("release", {"claim": claim})
    return took


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--pause", type=float, default=0.5, help="mean seconds between a client's calls")
    asked = parser.parse_args(argv)
    words = [sys.executable, "-m", "orchestrator"]
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder))
        under_way = subprocess.Popen([*words, "run", "-q", "plan.yaml"], cwd=folder, env=env, stderr=subprocess.DEVNULL)
        while not Path(folder, ".orchestrate/journal.sqlite").exists():
            time.sleep(0.1)
        server = subprocess.Popen(
            [*words, "serve", "--port", "0", "--agent", "X", "--json"],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            took = asyncio.run(measure(json.loads(server.stdout.readline())["mcp"], asked))
        finally:
            for each in (server, under_way):
                each.terminate()
                each.wait(30)
    every = sorted(each for one in took.values() for each in one)
    for name, found in {**took, "all calls": every}.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(
            f"{name:10} {len(found):5} calls  median {statistics.median(found) * 1000:6.1f} ms  p95 {p95 * 1000:6.1f} ms"  # noqa: E501
        )
    load = os.getloadavg()[0]
    print(f"{asked.clients} clients, load {load:.1f} on {os.cpu_count()} processors; the bar is {BAR * 1000:.0f} ms")
    return int(statistics.quantiles(every, n=20)[-1] > BAR)


if __name__ == "__main__":
    sys.exit(main())
