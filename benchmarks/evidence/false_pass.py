"""How often a criterion with `max_samples` passes although its target is not met: `python -m
benchmarks.evidence.false_pass`.

The truth lies exactly on the target, which is the worst case: every PASS is a false one, and so is every FAIL. Samples
come in attempts of `samples` each until a look decides or `max_samples` are there; the product's own judge looks. One
row for each distribution, size and number of looks: the share of false PASS with the upper end of its 95 % interval
(Clopper & Pearson 1934, by bisection), the same without the correction for repeated looks ("naive"), and how many
samples it took on average.

    python -m benchmarks.evidence.false_pass                   every scenario, 2,000 trials each
    python -m benchmarks.evidence.false_pass --trials 400      quicker
    python -m benchmarks.evidence.false_pass --seed 7 --json   other draws; one JSON object a row

The exit code is 1 where a share is above the stated level, 1 - `level`, by its whole interval.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.sequential import planned_looks
from orchestrator.evidence.verdict import Outcome

Draw = Callable[[np.random.Generator, int], np.ndarray]
TRUTH = 100.0
LEVEL = 0.95

DISTRIBUTIONS: dict[str, Draw] = {
    "normal": lambda g, n: TRUTH + 10.0 * g.standard_normal(n),
    "lognormal": lambda g, n: TRUTH * np.exp(0.4 * g.standard_normal(n)),
    "heavy tails": lambda g, n: TRUTH + 5.0 * g.standard_t(3, n),
    "two modes": lambda g, n: TRUTH + 8.0 * g.choice([-1.0, 1.0], n) + 2.0 * g.standard_normal(n),
}
"""Each with the median `TRUTH`."""

SIZES = ((6, 18), (8, 32), (12, 36), (30, 90))
"""`samples` and `max_samples`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario. false_pass, naive: shares of the trials. upper: of the interval of false_pass."""

    what: str
    operator: str
    samples: int
    max_samples: int
    looks: int
    false_pass: float
    upper: float
    naive: float
    taken: float


def sampled(draw: Draw, generator: np.random.Generator, most: int) -> Measurement:
    """Values of a quantity."""
    return Measurement("m", "ms", Samples(tuple(draw(generator, most).tolist())), "simulated")


def compared(draw: Draw, generator: np.random.Generator, most: int) -> Measurement:
    """Two arms that are alike, and the control: the speed-up is 1 x."""
    arms = [tuple(np.abs(draw(generator, most)).tolist()) for _ in range(3)]
    return Measurement("m", "x", Comparison(arms[0], arms[1], "ms", arms[2]), "simulated")


def fitted(draw: Draw, generator: np.random.Generator, most: int) -> Measurement:
    """Points of a quantity that does not depend on x: the slope is 0."""
    x = tuple(float(place % 6) for place in range(most))
    return Measurement("m", "MiB/GiB", Trend(x, tuple(draw(generator, most).tolist()), "GiB", "MiB"), "simulated")


def counted(share: float) -> Callable[[Draw, np.random.Generator, int], Measurement]:
    """Trials that succeed with that probability, whatever the distribution."""

    def make(_: Draw, generator: np.random.Generator, most: int) -> Measurement:
        trials = tuple((generator.random(most) < share).astype(float).tolist())
        return Measurement("m", "1", Samples(trials), "simulated")

    return make


SHARE = Metric("m", "%", Better.HIGHER, Form.PROPORTION)
FORMS = {
    "samples": (Metric("m", "ms", Better.LOWER), TRUTH, "ms", sampled),
    "slope": (Metric("m", "MiB/GiB", Better.LOWER, Form.SLOPE), 0.0, "MiB/GiB", fitted),
    "speed-up": (Metric("m", "x", Better.HIGHER, Form.SPEEDUP), 1.0, "x", compared),
    "share of 50 %": (SHARE, 50.0, "%", counted(0.5)),
    "share of 90 %": (SHARE, 90.0, "%", counted(0.9)),
    "share of 98 %": (SHARE, 98.0, "%", counted(0.98)),
}


def trial(demand: Demand, measurement: Measurement) -> tuple[bool, int]:
    """Whether it passed, and after how many samples it was decided or given up."""
    verdict = judge(demand, [Candidate("A.t", 1, measurement)])
    return verdict.outcome is Outcome.PASS, verdict.samples


def rows(trials: int, seed: int, forms: Sequence[str], shapes: Sequence[str]) -> Iterator[Row]:
    """Every distribution, operator and size of these forms."""
    for form in forms:
        metric, target, unit, make = FORMS[form]
        for name in shapes[:1] if metric is SHARE else shapes:
            draw = DISTRIBUTIONS[name]
            for operator in ("<", ">"):
                for samples, most in SIZES:
                    looks = planned_looks(samples, most)
                    demand = Demand("A.c", metric, operator, target, unit, samples, level=LEVEL, max_samples=most)
                    naive = Demand(
                        "A.c", metric, operator, target, unit, samples, level=1 - (1 - LEVEL) * looks, max_samples=most
                    )
                    generator = np.random.default_rng(seed)
                    batches = (samples,) * (most // samples)
                    passed = wrong = taken = 0
                    for _ in range(trials):
                        measurement = make(draw, generator, most)
                        grown = Measurement(
                            measurement.metric, measurement.unit, measurement.data, measurement.method, batches=batches
                        )
                        one, n = trial(demand, grown)
                        passed, taken = passed + one, taken + n
                        wrong += trial(naive, grown)[0]
                    yield Row(
                        f"{form}, {name}", operator, samples, most, looks, passed / trials, upper_bound(passed, trials),
                        wrong / trials, taken / trials,
                    )  # fmt: skip


def upper_bound(hits: int, trials: int) -> float:
    """The share above which `hits` or fewer of `trials` have a probability below 2.5 %."""
    if hits == trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(hits, trials, middle) > 0.025 else (low, middle)
    return high


def lower_bound(share: float, trials: int) -> float:
    """The lower end of the same interval."""
    return 1.0 - upper_bound(trials - round(share * trials), trials)


def at_most(hits: int, trials: int, share: float) -> float:
    """The binomial probability of at most `hits`."""
    logs = (
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(share) + (trials - k) * math.log1p(-share)
        for k in range(hits + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, logs))


def main() -> int:
    """Print every row; 1 where one is above the stated level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resamples", type=int, default=1000, help="of each bootstrap; the product draws 10,000")
    parser.add_argument("--form", choices=tuple(FORMS), action="append", help="only this form; repeatable")
    parser.add_argument("--shape", choices=tuple(DISTRIBUTIONS), action="append", help="only this one; repeatable")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    intervals.RESAMPLES = asked.resamples  # type: ignore[misc]  # a tenth of the time, the same rates
    worst = surely = 0.0
    if not asked.json:
        print(
            f"{'what':24}{'':3}{'n':>4}{'max':>5}{'looks':>6}{'false PASS':>12}{'at most':>9}{'naive':>8}{'taken':>8}"
        )
    for row in rows(asked.trials, asked.seed, asked.form or tuple(FORMS), asked.shape or tuple(DISTRIBUTIONS)):
        worst, surely = max(worst, row.false_pass), max(surely, lower_bound(row.false_pass, asked.trials))
        if asked.json:
            print(json.dumps(asdict(row)), flush=True)
        else:
            print(
                f"{row.what:24}{row.operator:3}{row.samples:4}{row.max_samples:5}{row.looks:6}{row.false_pass:12.2%}"
                f"{row.upper:9.2%}{row.naive:8.2%}{row.taken:8.1f}",
                flush=True,
            )
    print(f"worst {worst:.2%}; stated {1 - LEVEL:.2%}", file=sys.stderr)
    return int(surely > 1 - LEVEL)


if __name__ == "__main__":
    sys.exit(main())
