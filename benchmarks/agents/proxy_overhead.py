"""What the metering proxy adds to the time until an answer's first byte, with 32 streams at once. Bar: 3 ms at the 95th percentile.

    python benchmarks/agents/proxy_overhead.py [--streams 32] [--calls 40]

Provider, proxy and clients are three processes. Each stream calls the provider directly and through the proxy by turns, in random order,
so that what else the machine does meets both alike. An answer is a stream of 20 events, one every 10 ms.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import time
from multiprocessing.connection import Connection

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.proxy import MeteringProxy, upstreams
from orchestrator.executors.order import Asking

BAR = 3.0
EVENTS = 20
PAUSE = 0.01
EVENT = b'data: {"choices": [{"index": 0, "delta": {"content": "word "}}]}\n\n'
LAST = b'data: {"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": 20}}\n\ndata: [DONE]\n\n'
BODY = json.dumps({"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "x" * 20_000}]}).encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The provider: one stream of events for each request of a connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            for part in [EVENT] * EVENTS + [LAST]:
                writer.write(b"%x\r\n%s\r\n" % (len(part), part))
                await asyncio.sleep(PAUSE)
            writer.write(b"0\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def provide(told: Connection) -> None:
    """The provider's process."""

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**20)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(serve())


def meter(port: int, told: Connection) -> None:
    """The proxy's process; every call is let through at once."""
    account = Account("T", 1, lambda each: each.reply("") if isinstance(each, Asking) else None)
    where = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    with MeteringProxy(upstreams(where)) as proxy:
        proxy.open_account(account)
        told.send((proxy.port, account.token))
        told.recv()


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self.port = port
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        self.request = f"{head}content-length: {len(BODY)}\r\n\r\n".encode() + BODY
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self) -> float:
        """Milliseconds until the first byte of the answer's body."""
        self.ends = self.ends or await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.ends
        start = time.perf_counter()
        writer.write(self.request)
        await reader.readuntil(b"\r\n\r\n")
        size = await reader.readline()
        first = time.perf_counter() - start
        while size.strip() != b"0":
            await reader.readexactly(int(size, 16) + 2)
            size = await reader.readline()
        await reader.readline()
        return first * 1000


async def stream(clients: list[Client], calls: int, pairs: list[tuple[float, float]]) -> None:
    """One agent: it calls, thinks a little, and calls again."""
    for each in clients:
        await each.call()  # connections are open, prices are loaded
    for _ in range(calls):
        pair = {}
        for name, client in random.sample(list(enumerate(clients)), 2):
            await asyncio.sleep(random.random() * 0.2)
            pair[name] = await client.call()
        pairs.append((pair[0], pair[1]))


async def measure(direct: int, proxied: int, token: str, streams: int, calls: int) -> list[tuple[float, float]]:
    """Pairs of milliseconds: directly, through the proxy."""
    pairs: list[tuple[float, float]] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(streams):
            ends = [Client(direct, "/v1/chat/completions", "k"), Client(proxied, "/openai/v1/chat/completions", token)]
            group.create_task(stream(ends, calls, pairs))
    return pairs


def percentile(values: list[float], share: float) -> float:
    """By rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--streams", type=int, default=32)
    asked.add_argument("--calls", type=int, default=40)
    given = asked.parse_args()
    fresh = multiprocessing.get_context("spawn")
    here, there = fresh.Pipe()
    provider = fresh.Process(target=provide, args=(there,), daemon=True)
    provider.start()
    direct = here.recv()
    proxy = fresh.Process(target=meter, args=(direct, there), daemon=True)
    proxy.start()
    proxied, token = here.recv()
    pairs = asyncio.run(measure(direct, proxied, token, given.streams, given.calls))
    here.send("end")
    proxy.join(10)
    provider.terminate()
    plain, through = ([pair[side] for pair in pairs] for side in (0, 1))
    print(f"{len(pairs)} pairs of calls, {given.streams} streams at once; milliseconds to the first byte")
    for name, values in (
        ("direct", plain),
        ("through the proxy", through),
        ("difference of a pair", [b - a for a, b in pairs]),
    ):
        print(f"  {name:22} median {statistics.median(values):6.2f}   p95 {percentile(values, 0.95):6.2f}")
    added = percentile(through, 0.95) - percentile(plain, 0.95)
    print(f"added at p95: {added:.2f} ms, the bar is {BAR:g} ms: {'met' if added <= BAR else 'MISSED'}")


if __name__ == "__main__":
    main()
