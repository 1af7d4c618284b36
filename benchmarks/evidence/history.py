"""How often a target that rests on earlier runs passes a run that is as bad as it forbids: `python -m
benchmarks.evidence.history`.

Every run takes `samples` values of one distribution. The last run's truth lies exactly on the target's share of the
others' truth, so that every PASS is a false one. The target itself scatters, as it is a share of the median of so many
earlier runs. One row for each distribution, number of samples and number of earlier runs: the share of false PASS with
the upper end of its 95 % interval.

    python -m benchmarks.evidence.history --trials 2000
"""

import argparse
import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.evidence.false_pass import DISTRIBUTIONS, LEVEL, TRUTH, lower_bound, upper_bound
from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.history import Earlier, Relative, resolve
from orchestrator.evidence.measurement import Measurement, Samples
from orchestrator.evidence.metric import Better, Metric
from orchestrator.evidence.verdict import Outcome
from orchestrator.plan.values import FEWEST_RUNS

METRIC = Metric("m", "MB/s", Better.HIGHER)
SHARE = 0.97
SAMPLES = (6, 12, 30)
RUNS = (5, 10, 20)


def rows(trials: int, seed: int) -> Iterator[tuple[str, int, int, float]]:
    """Distribution, samples, earlier runs, and the share of false PASS."""
    for name, draw in DISTRIBUTIONS.items():
        for samples in SAMPLES:
            for runs in RUNS:
                generator = np.random.default_rng(seed)
                passed = 0
                for _ in range(trials):
                    earlier = [
                        Earlier("A.c", str(run), float(np.median(draw(generator, samples))), "MB/s")
                        for run in range(runs)
                    ]
                    target = resolve(Relative(SHARE, runs), earlier, "MB/s").value
                    values = tuple((SHARE * draw(generator, samples)).tolist())
                    demand = Demand("A.c", METRIC, ">=", target, "MB/s", samples, level=LEVEL)
                    measurement = Measurement("m", "MB/s", Samples(values), "simulated")
                    passed += judge(demand, [Candidate("A.t", 1, measurement)]).outcome is Outcome.PASS
                yield name, samples, runs, passed / trials


def main() -> int:
    """Print every row; 1 where one that a plan may ask for is above the stated level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    intervals.RESAMPLES = 1000  # type: ignore[misc]  # a tenth of the time, the same rates
    surely = 0.0
    print(
        f"median {TRUTH:g}, target {SHARE:g} x median(last "
        f"N)\n{'what':14}{'n':>4}{'last':>6}{'false PASS':>12}{'at most':>9}"
    )
    for name, samples, runs, share in rows(asked.trials, asked.seed):
        told = "" if runs >= FEWEST_RUNS else "  (refused in a plan)"
        print(
            f"{name:14}{samples:4}{runs:6}{share:12.2%}{upper_bound(round(share * asked.trials), asked.trials):9.2%}{told}",  # noqa: E501
            flush=True,
        )
        surely = surely if told else max(surely, lower_bound(share, asked.trials))
    return int(surely > 1 - LEVEL)


if __name__ == "__main__":
    sys.exit(main())
