"""The gate that agents of one provider share."""

import asyncio
from datetime import UTC, datetime

import pytest

from orchestrator.agents.meter.gate import LONGEST, Gate, retry_after

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "."}, None),
        ({"retry-after": "Thu, 99 Jan 2026 12:00:30 GMT"}, None),
    ],
)
def test_what_an_answer_asks_to_wait(headers, seconds):
    assert retry_after(headers, NOW) == seconds


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        real = asyncio.sleep

        async def sleep(seconds):
            until = self.now + seconds
            await real(0)
            self.now = max(self.now, until)

        monkeypatch.setattr("orchestrator.agents.meter.gate.asyncio.sleep", sleep)

    def __call__(self):
        return self.now


def _gate(clock):
    return Gate(clock=clock, spread=lambda: 0.0)


def test_few_calls_go_first_and_more_with_every_good_answer(monkeypatch):
    async def scene():
        gate, inside = _gate(Clock(monkeypatch)), 0
        for _ in range(2):
            await gate.passed()
        third = asyncio.ensure_future(gate.passed())
        await asyncio.wait({third}, timeout=0)
        assert not third.done()
        gate.opened()
        await third
        return inside

    asyncio.run(scene())


def test_a_refusal_is_waited_out_once_for_all(monkeypatch):
    clock, asked = Clock(monkeypatch), []

    async def call(gate):
        while True:
            await gate.passed()
            asked.append(clock.now)
            await asyncio.sleep(0)
            if clock.now >= 5.0:
                gate.opened()
                return
            gate.closed(5.0)

    async def scene():
        gate = _gate(clock)
        await asyncio.gather(*(call(gate) for _ in range(16)))

    asyncio.run(scene())
    assert sum(at < 5.0 for at in asked) <= 2
    assert len(asked) <= 18


def test_refusals_of_calls_that_were_under_way_together_count_once(monkeypatch):
    async def scene():
        clock = Clock(monkeypatch)
        gate = _gate(clock)
        for _ in range(2):
            await gate.passed()
        gate.closed(None)
        gate.closed(None)
        return gate._pause

    assert asyncio.run(scene()) == 1.0


def test_no_answer_keeps_it_closed_for_long(monkeypatch):
    async def scene():
        clock = Clock(monkeypatch)
        gate = _gate(clock)
        await gate.passed()
        gate.closed(10.0**9)
        await gate.passed()
        return clock.now

    assert asyncio.run(scene()) == LONGEST


@pytest.mark.parametrize("shut", [True, False])
def test_who_is_cancelled_while_it_waits_keeps_nobody_out(monkeypatch, shut):
    async def scene():
        gate = Gate(clock=Clock(monkeypatch), spread=lambda: 0.0)
        for _ in range(2):
            await gate.passed()
        waiting = [asyncio.ensure_future(gate.passed()) for _ in range(4)]
        await asyncio.wait(waiting, timeout=0)
        for each in waiting[:3]:
            each.cancel()
        if shut:
            gate.closed(1.0)
        gate.given_up()
        gate.given_up() if not shut else None
        await asyncio.wait_for(waiting[3], 5)

    asyncio.run(scene())


def test_who_is_cancelled_at_the_moment_of_its_turn_gives_it_on(monkeypatch):
    async def scene():
        gate = _gate(Clock(monkeypatch))
        for _ in range(2):
            await gate.passed()
        one, two = (asyncio.ensure_future(gate.passed()) for _ in range(2))
        await asyncio.wait({one, two}, timeout=0)
        gate.given_up()  # it is the turn of `one`
        one.cancel()
        await asyncio.wait_for(two, 5)

    asyncio.run(scene())
