"""What the guards against cheats cost an honest measurement, and what drawing until it fits gains: `python -m
benchmarks.evidence.honest`.

Comparisons: two arms and a control in ms with lognormal noise, a true reduction, and a target; a row says how often it
passes, and how often each guard of the control stands in the way. Draws: a task whose truth lies on its target and that
exits with an error until its own median fits, up to ten times; a row says how often that passes, with its failed
attempts counted and as if they had not been.

    python -m benchmarks.evidence.honest --trials 1000
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.draw import Draw
from orchestrator.evidence.measurement import Comparison, Measurement, Samples
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.redraws import judge_with_draws
from orchestrator.evidence.verdict import Outcome, Verdict, Why

SAVED = Metric("m", "%", Better.HIGHER, Form.REDUCTION)
TIME = Metric("m", "ms", Better.LOWER)
SCENES = (  # true reduction, noise of a sample, target in %, decimals of the clock
    (0.40, 0.01, 25.0, 9), (0.40, 0.03, 25.0, 9), (0.10, 0.01, 5.0, 9), (0.05, 0.01, 0.0, 9), (0.05, 0.02, 0.0, 9),
    (0.00, 0.01, -5.0, 9), (0.40, 0.01, 25.0, 2), (0.40, 0.01, 25.0, 1), (0.40, 0.003, 25.0, 1),
)  # fmt: skip
SIZES = (5, 6, 10, 30)
MOST_DRAWS = 10


def compared(generator: np.random.Generator, n: int, scene: tuple[float, float, float, int]) -> Verdict:
    """One honest comparison."""
    effect, noise, target, decimals = scene
    arms = [10 * scale * np.exp(noise * generator.standard_normal(n)) for scale in (1 - effect, 1.0, 1.0)]
    treatment, baseline, control = (tuple(np.round(arm, decimals).tolist()) for arm in arms)
    data = Comparison(treatment, baseline, "ms", control)
    demand = Demand("A.c", SAVED, ">=" if target < 0 else ">", target, "%", n)
    return judge(demand, [Candidate("A.t", 1, Measurement("m", "%", data, "simulated"))])


def word(verdict: Verdict) -> str:
    """The outcome, or which guard stood in the way."""
    if verdict.why is not Why.CONTROL_FAILED:
        return str(verdict.outcome if verdict.outcome is not Outcome.UNPROVEN else verdict.why)
    return "as wide" if "as wide" in verdict.detail else "repeats" if "last digit" in verdict.detail else "A/A differs"


def drawn(generator: np.random.Generator, n: int) -> tuple[bool, bool]:
    """Whether a task that draws until its own median fits passes: with its draws counted, and without."""
    demand = Demand("A.c", TIME, "<", 100.0, "ms", n)
    draws: list[Draw] = []
    for attempt in range(1, MOST_DRAWS + 1):
        values = 100.0 * np.exp(0.1 * generator.standard_normal(n))
        measurement = Measurement("m", "ms", Samples(tuple(values.tolist())), "simulated")
        if np.median(values) < 100.0 and judge(demand, [Candidate("A.t", 1, measurement)]).outcome is Outcome.PASS:
            stands = [Candidate("A.t", attempt, measurement)]
            counted = judge_with_draws(demand, stands, [(draw, "") for draw in draws])
            return counted.outcome is Outcome.PASS, True
        draws.append(Draw("A.t", attempt, 0, "exit 1", by_itself=True, measured=(replace(measurement),)))
    return False, False


def rows(trials: int, seed: int) -> Iterator[str]:
    """The two tables."""
    yield "reduction noise target decimals  n  " + "PASS, or what stood in the way"
    for scene in SCENES:
        for n in SIZES:
            generator = np.random.default_rng(seed)
            counts = Counter(word(compared(generator, n, scene)) for _ in range(trials))
            shares = ", ".join(f"{name} {count / trials:.1%}" for name, count in counts.most_common())
            yield f"{scene[0]:9.0%} {scene[1]:5.1%} {scene[2]:6g} {scene[3]:8} {n:2}  {shares}"
    yield f"drawn until it fits, up to {MOST_DRAWS} times, the truth on the target:  n  counted  not counted"
    for n in SIZES:
        generator = np.random.default_rng(seed)
        found = [drawn(generator, n) for _ in range(trials)]
        counted, naive = (sum(each[place] for each in found) / trials for place in (0, 1))
        yield f"{n:66}  {counted:7.1%}  {naive:11.1%}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resamples", type=int, default=1000, help="of each bootstrap; the product draws 10,000")
    asked = parser.parse_args()
    intervals.RESAMPLES = asked.resamples  # type: ignore[misc]  # a tenth of the time, the same rates
    for row in rows(asked.trials, asked.seed):
        print(row, flush=True)


if __name__ == "__main__":
    main()
