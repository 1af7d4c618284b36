"""16 agents against a provider that answers 429. Bar: no failed call, and at most 1.2 times the fewest requests
possible.

    python benchmarks/agents/too_often.py [--agents 16] [--calls 5] [--shut 1.5]

At first the provider refuses everything for a while (`Retry-After`), and once more in the middle. The fewest possible:
every call once, and one refusal for each time that it is shut, as nobody can know of it before.
"""

import argparse
import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/doubles"))
from provider_double import Answered, Asked, ProviderDouble, as_json

from orchestrator.agents.meter.accounts import Account
from orchestrator.agents.meter.proxy import MeteringProxy
from orchestrator.agents.meter.upstream import upstreams
from orchestrator.executors.order import Asking

BAR = 1.2
REPLY = {"choices": [{"message": {"content": "hi"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}


class Busy:
    """Shut for `shut` seconds at the first request, and again after `middle` good answers."""

    def __init__(self, shut: float, middle: int) -> None:
        self.shut, self.middle, self.good, self.until, self.times = shut, middle, 0, 0.0, 0
        self.lock = threading.Lock()

    def __call__(self, _: Asked) -> Answered:
        """Answer one request."""
        with self.lock:
            now = time.monotonic()
            if self.times == 0 or (self.times == 1 and self.good >= self.middle):
                self.until, self.times = now + self.shut, self.times + 1
            if now < self.until:
                return as_json({"error": {"message": "slow down"}}, 429, retry_after=f"{self.until - now + 0.05:.2f}")
            self.good += 1
        time.sleep(0.02)
        return as_json(REPLY)


def agent(proxy: MeteringProxy, calls: int) -> list[int]:
    """The statuses of one agent's calls, each of which it makes once."""
    account = Account("T", 1, lambda told: told.reply("") if isinstance(told, Asking) else None)
    proxy.open_account(account)
    statuses = []
    for _ in range(calls):
        with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=120)) as connection:
            head = {"authorization": f"Bearer {account.token}"}
            connection.request("POST", "/openai/v1/chat/completions", json.dumps({"model": "gpt-4o"}), head)
            with connection.getresponse() as answer:
                answer.read()
                statuses.append(answer.status)
    return statuses


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--agents", type=int, default=16)
    asked.add_argument("--calls", type=int, default=5)
    asked.add_argument("--shut", type=float, default=1.5)
    given = asked.parse_args()
    busy = Busy(given.shut, given.agents * given.calls // 2)
    with ProviderDouble(busy) as provider:
        where = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{provider.url}/v1"}
        with MeteringProxy(upstreams(where)) as proxy, ThreadPoolExecutor(given.agents) as pool:
            statuses = [
                each for one in pool.map(lambda _: agent(proxy, given.calls), range(given.agents)) for each in one
            ]
        requests = len(provider.asked)
    fewest, failed = len(statuses) + busy.times, sum(status != 200 for status in statuses)
    share = requests / fewest
    print(
        f"{given.agents} agents, {len(statuses)} calls, shut {busy.times} times for {given.shut:g} s: {failed} failed"
    )
    print(f"{requests} requests, the fewest possible are {fewest}: {share:.3f} times")
    print(f"the bar is 0 failed and {BAR} times: {'met' if failed == 0 and share <= BAR else 'MISSED'}")


if __name__ == "__main__":
    main()
