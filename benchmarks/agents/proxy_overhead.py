"""What the metering proxy adds to the time until an answer's first byte, with 32 streams at once. Bar: 3 ms at the 95th
percentile.

    python benchmarks/agents/proxy_overhead.py [--streams 32] [--calls 40] [--pause 10]
    chrt -f 10 python benchmarks/agents/proxy_overhead.py     on a machine that does other things too

Provider, proxy and clients are three processes. Each stream calls the provider directly and through the proxy by turns,
in random order, so that what else the machine does meets both alike. An answer is a stream of 20 events, one every
`pause` milliseconds. The first table lets each call through at once. The second has a run with as many agents: its
engine holds each call against three budgets, and has the reservation durable in its journal on disk before the call is
passed on.
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
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.proxy import MeteringProxy
from orchestrator.agents.meter.upstream import upstreams
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import start_run
from orchestrator.engine.session import Effects
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.executors.order import Asking, AttemptResult, StopSignal, Told, WorkOrder
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.spending import Settled

BAR = 3.0
EVENTS = 20
PAUSE = 10.0
NOTHING = Usage(0.0, 0.0, 0, 0)
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


class Held:
    """An agent's turn, in which nothing happens: the clients of this benchmark call in its place.

    before: calls that it has behind it. tokens: gets each turn's, once it can be called with. over: set to end them.
    """

    def __init__(self, proxy: MeteringProxy, before: int) -> None:
        self.proxy, self.before = proxy, before
        self.tokens: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.over = threading.Event()

    def __call__(self, order: WorkOrder, _: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
        """One turn, from the order to its end."""
        account = Account(order.task, order.attempt, listener)
        for _call in range(self.before):
            number = account.reserve("openai", "gpt-4o", 1050, 0.01, lambda _reason: None)
            account.settle(Settled(number, 900, 20, 0, 0.005))
        account.reserve("openai", "gpt-4o", 1050, 0.01, lambda _reason: self.tokens.put(account.token))
        self.proxy.open_account(account)
        self.over.wait()
        return AttemptResult(order.task, order.attempt, Evidence(), NOTHING, Failure(Cause.SPAWN, "it is over"))


def plan_of(agents: int) -> LoadedPlan:
    """So many agents, with a task and budgets each."""
    budget = {"tokens": "100M", "cost": "1000 USD"}
    agent = {"specialty": "calls", "driver": "acp", "program": ["true"], "budget": budget}
    task = {"id": "call", "title": "Call", "brief": "Call.", "writes": ["**"], "budget": budget}
    names = [f"A{number}" for number in range(agents)]
    said = {
        "schema": 1, "id": "calls", "title": "Calls", "budget": budget, "resources": {"cpu": agents},
        "agents": dict.fromkeys(names, agent),
        "workstreams": {f"W{name}": {"title": name, "lead": name, "tasks": [task]} for name in names},
    }  # fmt: skip
    return load_text(json.dumps(said), "calls.yaml")


def engine_runs(folder: Path, carry: Held, agents: int) -> None:
    """A run of that plan, with its journal on disk, until its turns are over."""
    journal = SqliteJournal(folder / "journal.sqlite")
    options = RunOptions(state=folder, jobs=agents, keep_going=True)
    with ProcessExecutor() as executor:
        prepared = prepare_run(plan_of(agents), {}, options, project=folder, environment={})
        start_run(prepared, Effects(executor, carry), journal)


def meter(port: int, told: Connection, folder: str | None, streams: int, before: int) -> None:
    """The proxy's process. folder: for the run that the calls belong to; None lets every call through at once."""
    where = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    with MeteringProxy(upstreams(where)) as proxy:
        if folder is None:
            account = Account("T", 1, lambda each: each.reply("") if isinstance(each, Asking) else None)
            proxy.open_account(account)
            told.send((proxy.port, [account.token] * streams))
            told.recv()
            return
        held = Held(proxy, before)
        threading.Thread(target=tell, args=(told, proxy.port, held, streams), daemon=True).start()
        engine_runs(Path(folder), held, streams)


def tell(told: Connection, port: int, held: Held, streams: int) -> None:
    """Say where the turns of a run can be called for, once all have begun; end them when that is asked."""
    told.send((port, [held.tokens.get() for _ in range(streams)]))
    told.recv()
    held.over.set()


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


async def measure(direct: int, proxied: int, tokens: list[str], calls: int) -> list[tuple[float, float]]:
    """Pairs of milliseconds: directly, through the proxy."""
    pairs: list[tuple[float, float]] = []
    async with asyncio.TaskGroup() as group:
        for token in tokens:
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
    proxy = fresh.Process(target=meter, args=(direct, there, folder, given.streams, given.before), daemon=True)
    proxy.start()
    proxied, tokens = here.recv()
    pairs = asyncio.run(measure(direct, proxied, tokens, given.calls))
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
    asked.add_argument("--before", type=int, default=100, help="calls that each agent of the run has behind it")
    given = asked.parse_args()
    series("let through at once", None, given)
    with tempfile.TemporaryDirectory() as folder:
        series("reserved by a run's engine, in its journal on disk", folder, given)


if __name__ == "__main__":
    main()
