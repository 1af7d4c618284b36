import os
import subprocess
import time

from orchestrator.executors.sampler import TreeSampler, descendants
from orchestrator.executors.tree import carries, end_tree, find_attempt_processes


def test_the_samples_count_everything_below_a_launcher_and_are_written_down(tmp_path, kit):
    with subprocess.Popen(["sh", "-c", "sh -c 'sleep 60 & wait'; :"], start_new_session=True) as tree:
        kit.wait_until(lambda: len(descendants(tree.pid)) == 2)
        start = time.monotonic()
        sampler = TreeSampler(tree.pid, tmp_path / "series.csv", start)
        sampler.sample(start + 1)
        assert len(sampler.alive()) == 2
        os.killpg(tree.pid, 9)
        tree.wait()
        kit.wait_until(lambda: not sampler.alive())  # the shell's own child, which nobody here waits for
        sampler.sample(start + 2)
        sampler.close()
    usage = sampler.usage(2.0, 0.25)
    assert (usage.samples, usage.cpu_seconds, usage.seconds) == (1, 0.25, 2.0)
    header, row = (tmp_path / "series.csv").read_text().splitlines()
    assert header == "seconds,rss_bytes,cpu_seconds,processes"
    assert row.split(",")[0::3] == ["1.000", "2"]
    assert usage.peak_rss == int(row.split(",")[1]) > 0


def test_a_marker_is_matched_whole_and_a_prefix_only_with_its_slash(tmp_path):
    run = f"{tmp_path.name}-{os.getpid()}"
    with subprocess.Popen(
        ["sleep", "60"], env={"ORCHESTRATE_ATTEMPT": f"{run}/A.t/12", "PATH": os.environ["PATH"]}
    ) as one:
        assert find_attempt_processes(f"{run}/A.t/12") == (one.pid,)
        assert find_attempt_processes(f"{run}/") == (one.pid,)
        assert not carries(one.pid, f"{run}/A.t/1")
        assert not carries(one.pid, run)
        assert end_tree(f"{run}/A.t/1", 0) == 0
        assert one.poll() is None
        one.kill()
