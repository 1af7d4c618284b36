"""What the metering proxy adds to the time until an answer's first byte, with 32 streams at once. Bar: 3 ms at the 95th
percentile.

    python benchmarks/agents/proxy_overhead.py [--streams 32] [--calls 40] [--pause 10]
    chrt -f 10 python benchmarks/agents/proxy_overhead.py     on a machine that does other things too

Provider, proxy and clients are three processes. Each stream calls the provider directly and through the proxy by turns,
in random order, so that what else the machine does meets both alike. An answer is a stream of 20 events, one every
`pause` milliseconds. The second table has each reservation durable in a journal on disk before its call is passed on,
as the engine does it; the first lets each through at once.
"""

import argparse
import asyncio
import json
import multiprocessing
import queue
import random
import statistics
import tempfile
import threading
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.proxy import MeteringProxy
from orchestrator.agents.meter.upstream import upstreams
from orchestrator.executors.order import Asking, Told
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, Event, SpendReserved, SpendSettled

BAR = 3.0
EVENTS = 20
PAUSE = 10.0
EVENT = b'data: {"choices": [{"index": 0, "delta": {"content": "word "}}]}\n\n'
LAST = b'data: {"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": 20}}\n\ndata: [DONE]\n\n'
BODY = json.dumps({"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "x" * 20_000}]}).encode()


async def answer(pause: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The provider: one stream of events for each request of a connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            for part in [EVENT] * EVENTS + [LAST]:
                writer.write(b"%x\r\n%s\r\n" % (len(part), part))
                await asyncio.sleep(pause / 1000)
            writer.write(b"0\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def provide(told: Connection, pause: float) -> None:
    """The provider's process."""

    async def serve() -> None:
        server = await asyncio.start_server(partial(answer, pause), "127.0.0.1", 0, limit=2**20)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(serve())


class Durable(threading.Thread):
    """Stands for the engine: writes down what is reserved and spent, as much at once as has come in, and lets calls
    be made after that.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()

    def run(self) -> None:
        """Until the process ends."""
        journal, number = SqliteJournal(self.folder / "journal.sqlite"), 0
        fence = journal.acquire("bench")
        while True:
            batch = [self.told.get()]
            while not self.told.empty():
                batch.append(self.told.get())
            envelopes = []
            for each in batch:
                number += 1
                envelopes.append(Envelope(number, time.time(), time.monotonic(), fence, event_of(each)))
            journal.append("bench", envelopes)
            for each in batch:
                if isinstance(each, Asking):
                    each.reply("")


def event_of(told: Told) -> Event:
    """What the engine records."""
    if isinstance(told, Asking):
        return SpendReserved(told.task, told.attempt, told.reserved)
    return SpendSettled(told.task, told.attempt, told.settled)


def meter(port: int, told: Connection, folder: str | None) -> None:
    """The proxy's process. folder: for a journal; None lets every call through at once."""
    account = Account("T", 1, lambda each: each.reply("") if isinstance(each, Asking) else None)
    if folder is not None:
        engine = Durable(Path(folder))
        engine.start()
        account = Account("T", 1, engine.told.put)
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


def series(title: str, folder: str | None, given: argparse.Namespace) -> None:
    """Measure with one proxy, and print."""
    fresh = multiprocessing.get_context("spawn")
    here, there = fresh.Pipe()
    provider = fresh.Process(target=provide, args=(there, given.pause), daemon=True)
    provider.start()
    direct = here.recv()
    proxy = fresh.Process(target=meter, args=(direct, there, folder), daemon=True)
    proxy.start()
    proxied, token = here.recv()
    pairs = asyncio.run(measure(direct, proxied, token, given.streams, given.calls))
    here.send("end")
    proxy.join(10)
    provider.terminate()
    plain, through = ([pair[side] for pair in pairs] for side in (0, 1))
    print(f"{title}: {len(pairs)} pairs of calls, {given.streams} streams at once; milliseconds to the first byte")
    for name, values in (
        ("direct", plain),
        ("through the proxy", through),
        ("difference of a pair", [b - a for a, b in pairs]),
    ):
        print(f"  {name:22} median {statistics.median(values):6.2f}   p95 {percentile(values, 0.95):6.2f}")
    added = percentile(through, 0.95) - percentile(plain, 0.95)
    print(f"  added at p95: {added:.2f} ms, the bar is {BAR:g} ms: {'met' if added <= BAR else 'MISSED'}", flush=True)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--streams", type=int, default=32)
    asked.add_argument("--calls", type=int, default=40)
    asked.add_argument("--pause", type=float, default=PAUSE, help="milliseconds between the events of an answer")
    given = asked.parse_args()
    series("let through at once", None, given)
    with tempfile.TemporaryDirectory() as folder:
        series("reserved in a journal", folder, given)


if __name__ == "__main__":
    main()
