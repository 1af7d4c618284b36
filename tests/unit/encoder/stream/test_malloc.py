import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from encoder import StreamingEncoder
from encoder.glyphs import kept as keeping
from encoder.stream import encoder as module
from encoder.stream import malloc
from encoder.stream.malloc import WORTHWHILE, give_back, leave, settle


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_freed_memory_goes_back_to_the_system():
    blocks = [bytearray(64 << 10) for _ in range(1000)]
    held = resident()
    last = blocks[-1]
    del blocks
    give_back()
    assert resident() < held - (32 << 20)
    assert last is not None


def test_only_a_stream_that_was_large_gives_pages_back(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "give_back", lambda: calls.append(True))
    for size, expected in ((1000, 0), (WORTHWHILE, 1)):
        calls.clear()
        with StreamingEncoder(io.BytesIO()) as stream:
            stream.write(bytes(size))
        assert len(calls) == expected


def test_the_c_librarys_thresholds_are_fixed_unless_the_environment_names_them():
    code = "from encoder.stream.malloc import settle; print(settle(), settle())"
    for environment, said in (
        ({}, {"True True", "False False"}),
        ({"MALLOC_MMAP_THRESHOLD_": "65536"}, {"False False"}),
    ):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
        done = subprocess.run(
            [sys.executable, "-c", code], env=kept | environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() in said


def test_what_a_thread_keeps_is_dropped_when_heaps_are_given_back_and_by_that_thread_alone():
    kept = keeping.kept_by_thread()
    kept.scratch = "main"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(setattr, kept, "scratch", "its own").result()
        give_back()
        assert not hasattr(kept, "scratch")
        assert pool.submit(getattr, kept, "scratch").result() == "its own"
        pool.submit(leave).result()
        assert not pool.submit(hasattr, kept, "scratch").result()
    keeping._KEPT.remove(kept)


ENDING = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from encoder.stream import malloc

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def work():
    blocks = [bytearray(64 << 10) for _ in range(40)]
    del blocks
    held = resident()
    malloc.leave()
    return held - resident()

malloc.settle()
with ThreadPoolExecutor(1) as pool:
    print(pool.submit(work).result())
"""


def test_a_threads_own_heap_goes_back_before_it_ends():
    # in a process of its own, whose thread has a heap of its own; 2.5 MiB are below what glibc gives back by itself
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", ENDING], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) > (1 << 20) or not settle()


HEAPS = """
import sys, threading
from pathlib import Path
from encoder.stream import malloc

if sys.argv[1] == "one":
    malloc.share_one_heap()

def work(found):
    libc = malloc._c_library()
    found.append(libc.malloc(64 << 10))

found = [malloc._c_library().malloc(64 << 10)]
thread = threading.Thread(target=work, args=(found,))
thread.start()
thread.join()
lines = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
ranges = [(*(int(end, 16) for end in line[0].split("-")), line[-1]) for line in lines]
print([name for place in found for low, high, name in ranges if low <= place < high] == ["[heap]"] * 2)
"""


def test_threads_share_one_heap_where_that_was_asked_for():
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    for asked, shared in (("one", "True\n"), ("many", "False\n")):
        command = [sys.executable, "-c", HEAPS, asked]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == shared or not settle()


def test_a_thread_that_leaves_does_not_raise_the_threshold_under_another(monkeypatch):
    raised = []

    class Library:
        def mallopt(self, option, value):
            raised.append((option, value))

        def malloc(self, size):
            return size

        def free(self, address):
            raised.append(("free", address))

    monkeypatch.setattr(malloc, "settle", lambda: True)
    monkeypatch.setattr(malloc, "_c_library", Library)
    with malloc.heaps_given_back():
        leave()
        assert [value for _, value in raised] == [malloc._NUDGE] * 3
    assert raised[-1] == (malloc._M_TRIM_THRESHOLD, malloc._FREE_END)
