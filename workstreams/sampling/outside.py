"""Taking samples: a child process each, and several arms interleaved so that a drift of the machine meets them alike."""

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
_COMPILING: Final = 400.0  # seconds that the first process may take to compile the kernels


class SampleError(RuntimeError):
    """A sample's child process failed; the message ends with the last lines it wrote."""


def sample(spec: Spec, folder: Path) -> SampleResult:
    """One sample in a fresh interpreter, with this process's environment; files go below `folder`.

    Raises SampleError when the child fails or takes longer than the spec's timeout.
    """
    with tempfile.TemporaryDirectory(prefix="sample-", dir=folder) as scratch:
        order, answer = Path(scratch, "spec.json"), Path(scratch, "result.json")
        order.write_text(spec.to_json(), encoding="utf-8")
        command = [sys.executable, "-P", "-m", MODULE, str(order), str(answer)]
        try:
            done = subprocess.run(
                command, cwd=scratch, env=_environment(), capture_output=True, timeout=spec.timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SampleError(
                f"a sample of {spec.job} took more than {spec.timeout:g} s; give it less input"
            ) from error
        if done.returncode or not answer.exists():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-8:]
            raise SampleError(f"a sample of {spec.job} ended with exit code {done.returncode}:\n" + "\n".join(said))
        return SampleResult.from_json(answer.read_text(encoding="utf-8"))


def compile_kernels(folder: Path) -> SampleResult:
    """Makes sure that the kernels are in the cache, and says what imports and kernels take by themselves."""
    first = sample(Spec(Job.IMPORTS, timeout=_COMPILING), folder)
    return sample(Spec(Job.IMPORTS), folder) if first.peak_rss > 1.2 * first.rss_before else first


def interleave(arms: Mapping[str, Spec], rounds: int, folder: Path) -> dict[str, list[SampleResult]]:
    """`rounds` samples of each arm, paired by position; each round takes the arms in another order.

    Give the baseline twice, under two names: the second is the A/A control.
    """
    taken: dict[str, list[SampleResult]] = {name: [] for name in arms}
    for number in range(rounds):
        for name in order_of_round(tuple(arms), number):
            taken[name].append(sample(arms[name], folder))
    return taken


def order_of_round(names: Sequence[str], number: int) -> list[str]:
    """The arms rotated by one more place each round, and backwards every other round: no arm is always first or last."""
    shift = number % len(names)
    order = [*names[shift:], *names[:shift]]
    return order[::-1] if number % 2 else order


def _environment() -> dict[str, str]:
    """This process's, with the folder that these packages are imported from: the child does not start where we did."""
    home = str(Path(workstreams.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, known]) if known else home}
