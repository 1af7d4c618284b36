"""Taking samples: a child process each, with several arms interleaved, so that a drift of the machine affects all
alike.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import workstreams
from workstreams.sampling.spec import Job, SampleResult, Spec

MODULE: Final = "workstreams.sampling.child"
_COMPILING: Final = 400.0  # seconds that the first process may take to compile the kernels, where there is no library


class SampleError(RuntimeError):
    """A sample's child process failed. The message ends with the last lines it wrote."""


def sample(spec: Spec, folder: Path) -> SampleResult:
    """One sample in a fresh interpreter, with this process's environment; files go below `folder`.

    Raises SampleError when the child fails or takes longer than the spec's timeout.
    """
    return sample_together([spec], folder)[0]


def sample_together(specs: Sequence[Spec], folder: Path) -> list[SampleResult]:
    """The samples one after the other in one fresh interpreter.

    This is for durations. Memory needs an interpreter for each sample, durations do not. Raises SampleError as
    `sample` does. The timeout is the sum of the specs' timeouts.
    """
    jobs, allowed = "+".join(sorted({spec.job for spec in specs})), sum(spec.timeout for spec in specs)
    with tempfile.TemporaryDirectory(prefix="sample-", dir=folder) as scratch:
        order, answer = Path(scratch, "specs.json"), Path(scratch, "results.json")
        order.write_text("\n".join(spec.to_json() for spec in specs), encoding="utf-8")
        command = [sys.executable, "-P", "-m", MODULE, str(order), str(answer)]
        try:
            done = subprocess.run(
                command, cwd=scratch, env=_environment(specs), capture_output=True, timeout=allowed, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SampleError(f"a sample of {jobs} took more than {allowed:g} s; give it less input") from error
        if done.returncode or not answer.exists():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-8:]
            raise SampleError(f"a sample of {jobs} ended with exit code {done.returncode}:\n" + "\n".join(said))
        return [SampleResult.from_json(line) for line in answer.read_text(encoding="utf-8").splitlines()]


def compile_kernels(folder: Path) -> SampleResult:
    """Makes sure that the kernels are compiled, as they are where they came in a library, and says what imports and
    kernels take by themselves.
    """
    first = sample(Spec(Job.IMPORTS, timeout=_COMPILING), folder)
    return sample(Spec(Job.IMPORTS), folder) if first.peak_rss > 1.2 * first.rss_before else first


def interleave(arms: Mapping[str, Spec], rounds: int, folder: Path) -> dict[str, list[SampleResult]]:
    """`rounds` samples of each arm, paired by position. Each round takes the arms in another order.

    Give the baseline twice, under two names: the second is the A/A control.
    """
    taken: dict[str, list[SampleResult]] = {name: [] for name in arms}
    for number in range(rounds):
        for name in order_of_round(tuple(arms), number):
            taken[name].append(sample(arms[name], folder))
    return taken


def interleave_durations(arms: Mapping[str, Spec], rounds: int, folder: Path) -> dict[str, list[SampleResult]]:
    """As `interleave`, all in one fresh interpreter. Only the durations count; the memory figures mean nothing.

    A round before the first is discarded: caches and heaps are laid out in it.
    """
    order = [*arms, *(name for number in range(rounds) for name in order_of_round(tuple(arms), number))]
    results = sample_together([arms[name] for name in order], folder)
    taken: dict[str, list[SampleResult]] = {name: [] for name in arms}
    for name, result in list(zip(order, results, strict=True))[len(arms) :]:
        taken[name].append(result)
    return taken


def order_of_round(names: Sequence[str], number: int) -> list[str]:
    """The arms rotated by one more place each round, and reversed every other round: no arm is always first or last."""
    shift = number % len(names)
    order = [*names[shift:], *names[:shift]]
    return order[::-1] if number % 2 else order


def order_taken(roles: Mapping[str, str], arms: Sequence[str], rounds: int) -> list[str]:
    """The order in which `interleave` and `interleave_durations` took the samples, as a comparison records it.

    roles: "baseline", "treatment" or "control" by the name of an arm. Arms without a role are left out.
    """
    taken = (name for number in range(rounds) for name in order_of_round(arms, number))
    return [roles[name] for name in taken if name in roles]


def _environment(specs: Sequence[Spec]) -> dict[str, str]:
    """This process's environment, plus the folder that these packages are imported from: the child starts elsewhere.

    Repeated encodes get one malloc arena. Otherwise every new thread can start on another one. What the arenas hold
    then wanders by some MiB over hundreds of encodes, which would hide a leak or look like one (`mallopt(3)`,
    M_ARENA_MAX).
    """
    home = str(Path(workstreams.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    arenas = {"MALLOC_ARENA_MAX": "1"} if any(spec.job is Job.REPEAT for spec in specs) else {}
    return {**os.environ, **arenas, "PYTHONPATH": os.pathsep.join([home, known]) if known else home}
